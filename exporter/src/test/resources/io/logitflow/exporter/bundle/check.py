"""Checks the ONNX files of a bundle with ONNX's own checker and prints what they compute.

Arguments: the bundle's directory, the number of rows. Inputs are those that OnnxCheckerTest
prepares too. Prints a line for each output: file, name, element type, then the elements.
"""

import pathlib
import sys

import numpy
import onnx
import onnxruntime

ROWS = int(sys.argv[2])
TYPES = {
    "tensor(float)": numpy.float32,
    "tensor(uint8)": numpy.uint8,
    "tensor(int16)": numpy.int16,
    "tensor(int32)": numpy.int32,
}
STARTS = {"beta": 1.0, "allowed": 1.0, "top_p": 0.75}


def value(index):
    return ((index * 7919 + 13) % 16777216) * 2.0**-24


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    feeds = {}
    for tensor in session.get_inputs():
        shape = [size if isinstance(size, int) else ROWS for size in tensor.shape]
        count = int(numpy.prod(shape))
        if tensor.name == "beta_index":
            feeds[tensor.name] = numpy.arange(count, dtype=numpy.int32)
            continue
        start = STARTS.get(tensor.name, 0.0)
        # Small features add up to a row that a table of states has.
        factor = 0.125 if tensor.name == "features" else 1.0
        elements = [start + factor * value(index * 2003) for index in range(count)]
        if tensor.name == "tokens":
            elements = [round(element) for element in elements]
        elif tensor.name == "length":
            elements = [2 + index % 3 for index in range(count)]
        feeds[tensor.name] = numpy.array(elements, dtype=TYPES[tensor.type]).reshape(shape)
    for tensor, result in zip(session.get_outputs(), session.run(None, feeds)):
        print(path.name, tensor.name, result.dtype, *result.astype(float).ravel())
