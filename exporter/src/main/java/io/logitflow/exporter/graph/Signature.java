package io.logitflow.exporter.graph;

/**
 * An input or output of a graph.
 *
 * @param name its name
 * @param type its element type and shape
 */
public record Signature(String name, TensorType type) {}
