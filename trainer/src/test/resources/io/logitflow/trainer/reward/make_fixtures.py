"""Makes the files beside it: pip install onnx numpy pyarrow && python make_fixtures.py

The models' weights follow a rule that the tests compute again in Java.
"""

from pathlib import Path

import numpy as np
import onnx
import pyarrow as pa
import pyarrow.parquet as pq
from onnx import TensorProto, checker, helper, numpy_helper

HERE = Path(__file__).parent
LENGTH, VOCABULARY = 3, 4
FLOAT, INT32, INT64, DOUBLE = (
    TensorProto.FLOAT,
    TensorProto.INT32,
    TensorProto.INT64,
    TensorProto.DOUBLE,
)


def save(name, nodes, inputs, outputs, constants, **options):
    infos = [[helper.make_tensor_value_info(*value) for value in values] for values in (inputs, outputs)]
    initializers = [numpy_helper.from_array(array, key) for key, array in constants.items()]
    graph = helper.make_graph(nodes, "score", *infos, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    onnx.save(model, HERE / name, **options)


# sigmoid(sum over positions i and tokens v of x[i, v] * ((7 (4 i + v)) mod 11 - 5) / 8), FLOAT [N, 1].
weights = ((7 * np.arange(LENGTH * VOCABULARY)) % 11 - 5).astype(np.float32).reshape(-1, 1) / 8
# The same once more, with its weights in another file.
external = {"save_as_external_data": True, "location": "external.bin", "size_threshold": 0}
for name, options in (("one_hot.onnx", {}), ("external.onnx", external)):
    save(
        name,
        [
            helper.make_node("Flatten", ["x"], ["flat"], axis=1),
            helper.make_node("MatMul", ["flat", "weights"], ["sum"]),
            helper.make_node("Sigmoid", ["sum"], ["score"]),
        ],
        [("x", FLOAT, ["N", LENGTH, VOCABULARY])],
        [("score", FLOAT, ["N", 1])],
        {"weights": weights},
        **options,
    )

# The sum over positions i below the length of (v[i] + 1) * 10^i, DOUBLE [N].
for integer, name in ((INT64, "token_ids.onnx"), (INT32, "token_ids_32.onnx")):
    save(
        name,
        [
            helper.make_node("Cast", ["lengths"], ["wide"], to=INT64),
            helper.make_node("Unsqueeze", ["wide", "one"], ["column"]),
            helper.make_node("Less", ["positions", "column"], ["inside"]),
            helper.make_node("Cast", ["inside"], ["mask"], to=DOUBLE),
            helper.make_node("Cast", ["ids"], ["tokens"], to=DOUBLE),
            helper.make_node("Add", ["tokens", "unit"], ["raised"]),
            helper.make_node("Mul", ["raised", "powers"], ["terms"]),
            helper.make_node("Mul", ["terms", "mask"], ["kept"]),
            helper.make_node("ReduceSum", ["kept", "one"], ["score"], keepdims=0),
        ],
        [("ids", integer, ["N", LENGTH]), ("lengths", integer, ["N"])],
        [("score", DOUBLE, ["N"])],
        {
            "one": np.array([1], np.int64),
            "positions": np.arange(LENGTH, dtype=np.int64).reshape(1, -1),
            "unit": np.array(1, np.float64),
            "powers": 10.0 ** np.arange(LENGTH),
        },
    )

# What a model may do at its worst: NaN for every object, two scores for each, integers.
save(
    "nan.onnx",
    [
        helper.make_node("ReduceSum", ["x", "axes"], ["sum"], keepdims=0),
        helper.make_node("Sub", ["sum", "sum"], ["zero"]),
        helper.make_node("Div", ["zero", "zero"], ["score"]),
    ],
    [("x", FLOAT, ["N", LENGTH, VOCABULARY])],
    [("score", FLOAT, ["N"])],
    {"axes": np.array([1, 2], np.int64)},
)
save(
    "two_scores.onnx",
    [
        helper.make_node("ReduceSum", ["x", "axes"], ["sum"], keepdims=0),
        helper.make_node("Concat", ["sum", "sum"], ["score"], axis=0),
    ],
    [("x", FLOAT, ["N", LENGTH, VOCABULARY])],
    [("score", FLOAT, ["M"])],
    {"axes": np.array([1, 2], np.int64)},
)

pairs = {"object": ["AA", "AC", "CA", "CC"], "score": pa.array([1, -0.0025, 7, 0.1], pa.float32())}
pq.write_table(pa.table(pairs), HERE / "pairs.parquet", compression="snappy")
