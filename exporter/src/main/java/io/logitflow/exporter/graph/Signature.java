package io.logitflow.exporter.graph;

import io.logitflow.sampler.onnx.TensorType;

/**
 * An input or output of a graph.
 *
 * @param name its name
 * @param type its element type and shape
 */
public record Signature(String name, TensorType type) {}
