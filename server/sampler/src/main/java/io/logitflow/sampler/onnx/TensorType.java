package io.logitflow.sampler.onnx;

/**
 * What is known of a tensor before it is computed.
 *
 * @param elementType type of its elements
 * @param shape sizes of its axes
 */
public record TensorType(ElementType elementType, Shape shape) {
  /**
   * Returns the bytes of all elements, the batch counted as one.
   *
   * @throws ArithmeticException if they do not fit in 64 bits
   */
  public long bytes() {
    return Math.multiplyExact(shape.elements(), (long) elementType.width());
  }

  /** Returns type and shape as in {@code FLOAT32[*, 8]}. */
  @Override
  public String toString() {
    return elementType + shape.toString();
  }
}
