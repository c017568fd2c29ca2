package io.logitflow.exporter.graph;

import io.logitflow.sampler.onnx.Operand;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;

/** A tensor inside one graph: an input, a constant or the result of an operator. */
public final class Value {
  private final GraphBuilder graph;
  private final Operand operand;

  /**
   * Creates a value of a graph.
   *
   * @param graph the graph that it belongs to
   * @param operand its name there, its type, and its elements where they are known while building
   */
  Value(GraphBuilder graph, Operand operand) {
    this.graph = graph;
    this.operand = operand;
  }

  /** Returns the graph that the value belongs to. */
  GraphBuilder graph() {
    return graph;
  }

  /** Returns the value as an operand of the graph's operators. */
  Operand operand() {
    return operand;
  }

  /** Returns the value's name in the graph. */
  public String name() {
    return operand.name();
  }

  /** Returns its element type and shape. */
  public TensorType type() {
    return operand.type();
  }

  /** Returns its shape. */
  public Shape shape() {
    return type().shape();
  }

  /** Returns name and type, for messages. */
  @Override
  public String toString() {
    return operand.toString();
  }
}
