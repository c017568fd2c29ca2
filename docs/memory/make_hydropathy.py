"""Writes hydropathy.onnx: pip install onnx numpy && python make_hydropathy.py

The score of a peptide of any length is its mean hydropathy (Kyte and Doolittle 1982, "A simple
method for displaying the hydropathic character of a protein"), put between 0 and 1.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# In the order of the config's tokens.
HYDROPATHY = {
    "A": 1.8, "C": 2.5, "D": -3.5, "E": -3.5, "F": 2.8, "G": -0.4, "H": -3.2, "I": 4.5, "K": -3.9,
    "L": 3.8, "M": 1.9, "N": -3.5, "P": -1.6, "Q": -3.5, "R": -4.5, "S": -0.8, "T": -0.7, "V": 4.2,
    "W": -0.9, "Y": -1.3,
}  # fmt: skip

scores = (np.array([list(HYDROPATHY.values())], dtype=np.float32).T + 4.5) / 9
graph = helper.make_graph(
    [
        helper.make_node("MatMul", ["peptide", "hydropathy"], ["residues"]),
        helper.make_node("ReduceMean", ["residues"], ["score"], axes=[1, 2], keepdims=0),
    ],
    "hydropathy",
    [helper.make_tensor_value_info("peptide", TensorProto.FLOAT, ["N", "S", len(scores)])],
    [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["N"])],
    [numpy_helper.from_array(scores, "hydropathy")],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model, full_check=True)
onnx.save(model, "hydropathy.onnx")
