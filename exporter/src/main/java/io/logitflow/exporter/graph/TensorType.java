package io.logitflow.exporter.graph;

/**
 * What is known of a tensor before it is computed.
 *
 * @param elementType type of its elements
 * @param shape sizes of its axes
 */
public record TensorType(ElementType elementType, Shape shape) {
  /** Returns type and shape as in {@code FLOAT32[*, 8]}. */
  @Override
  public String toString() {
    return elementType + shape.toString();
  }
}
