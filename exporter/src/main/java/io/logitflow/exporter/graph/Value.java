package io.logitflow.exporter.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A tensor inside one graph: an input, a constant or the result of an operator. */
public final class Value {
  private final GraphBuilder graph;
  private final String name;
  private final TensorType type;
  private final @Nullable List<Long> integers;

  /**
   * Creates a value of a graph.
   *
   * @param graph the graph that it belongs to
   * @param name its name there
   * @param type its type
   * @param integers its elements where they are integers and known while building, {@link
   *     Shape#BATCH} standing for the batch's size; else null
   */
  Value(GraphBuilder graph, String name, TensorType type, @Nullable List<Long> integers) {
    this.graph = graph;
    this.name = name;
    this.type = type;
    this.integers = integers;
  }

  /** Returns the graph that the value belongs to. */
  GraphBuilder graph() {
    return graph;
  }

  /** Returns the value's name in the graph. */
  public String name() {
    return name;
  }

  /** Returns its element type and shape. */
  public TensorType type() {
    return type;
  }

  /** Returns its shape. */
  public Shape shape() {
    return type.shape();
  }

  /**
   * Returns the elements of an integer value that is known while building.
   *
   * @throws IllegalArgumentException if they are not known
   */
  List<Long> integers() {
    if (integers == null) {
      throw new IllegalArgumentException(this + " is not an integer constant");
    }
    return integers;
  }

  /** Returns name and type, for messages. */
  @Override
  public String toString() {
    return name + " " + type;
  }
}
