"""Fits a small proxy of a landscape of DNA 8-mers and writes it as an ONNX model.

    pip install numpy onnx
    python fit_proxy.py ../tfbind8/tfbind8.csv.gz proxy.onnx

A multilayer perceptron of the one-hot sequence, trained on a tenth of the sequences, as if only
those had been measured; prints how well it ranks the others.
"""

import csv
import gzip
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ALPHABET = "ACGT"
LENGTH = 8
WIDTHS = [LENGTH * len(ALPHABET), 64, 64, 1]
MEASURED = 0.1
EPOCHS = 20
BATCH = 128


def read(path):
    with gzip.open(path, "rt") as rows:
        table = list(csv.DictReader(rows))
    tokens = np.array([[ALPHABET.index(c) for c in row["sequence"]] for row in table])
    scores = np.array([float(row["score"]) for row in table], dtype=np.float32)
    one_hot = np.eye(len(ALPHABET), dtype=np.float32)[tokens].reshape(len(table), -1)
    return one_hot, scores


def forward(layers, x):
    activations = [x]
    for i, (weight, bias) in enumerate(layers):
        x = x @ weight + bias
        x = np.maximum(x, 0) if i < len(layers) - 1 else 1 / (1 + np.exp(-x))
        activations.append(x)
    return activations


def fit(x, y, random):
    layers = [
        (
            (random.standard_normal((i, o)) * np.sqrt(2 / i)).astype(np.float32),
            np.zeros(o, dtype=np.float32),
        )
        for i, o in zip(WIDTHS, WIDTHS[1:])
    ]
    flat = [p for layer in layers for p in layer]
    first = [np.zeros_like(p) for p in flat]
    second = [np.zeros_like(p) for p in flat]
    step = 0
    for epoch in range(EPOCHS):
        rate = 2e-3 * (1 + np.cos(np.pi * epoch / EPOCHS)) / 2
        order = random.permutation(len(x))
        for start in range(0, len(x), BATCH):
            rows = order[start : start + BATCH]
            activations = forward(layers, x[rows])
            score = activations[-1]
            error = (score - y[rows, None]) * score * (1 - score) / len(rows)
            gradients = []
            for i in range(len(layers) - 1, -1, -1):
                gradients[:0] = [activations[i].T @ error, error.sum(0)]
                if i > 0:
                    error = (error @ layers[i][0].T) * (activations[i] > 0)
            step += 1
            for p, g, m, v in zip(flat, gradients, first, second):
                m += 0.1 * (g - m)
                v += 0.001 * (g * g - v)
                p -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return layers


def ranks(values):
    return np.argsort(np.argsort(values))


def export(layers, path):
    nodes = [helper.make_node("Flatten", ["sequence"], ["x0"])]
    constants = []
    for i, (weight, bias) in enumerate(layers):
        constants += [
            numpy_helper.from_array(weight, f"weight{i}"),
            numpy_helper.from_array(bias, f"bias{i}"),
        ]
        nodes.append(helper.make_node("Gemm", [f"x{i}", f"weight{i}", f"bias{i}"], [f"affine{i}"]))
        last = i == len(layers) - 1
        nodes.append(
            helper.make_node(
                "Sigmoid" if last else "Relu", [f"affine{i}"], ["score" if last else f"x{i + 1}"]
            )
        )
    graph = helper.make_graph(
        nodes,
        "proxy",
        [helper.make_tensor_value_info("sequence", TensorProto.FLOAT, ["N", LENGTH, 4])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["N", 1])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def main(table, path):
    random = np.random.default_rng(0)
    x, y = read(table)
    order = random.permutation(len(x))
    measured = order[: int(MEASURED * len(x))]
    others = order[len(measured) :]
    layers = fit(x[measured], y[measured], random)
    predicted = forward(layers, x[others])[-1][:, 0]
    spearman = np.corrcoef(ranks(predicted), ranks(y[others]))[0, 1]
    print(f"{len(measured)} sequences; Spearman correlation on the {len(others)} others {spearman:.3f}")
    export(layers, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
