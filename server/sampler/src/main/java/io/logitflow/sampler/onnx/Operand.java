package io.logitflow.sampler.onnx;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a value before a graph runs: its name, its type and, of a few, the elements.
 * Immutable.
 */
public final class Operand {
  private final String name;
  private final TensorType type;
  private final @Nullable List<Long> elements;
  private final boolean measured;

  private Operand(String name, TensorType type, @Nullable List<Long> elements, boolean measured) {
    this.name = name;
    this.type = type;
    this.elements = elements == null ? null : List.copyOf(elements);
    this.measured = measured;
  }

  /**
   * Returns a value whose elements are not known.
   *
   * @param name its name
   * @param type its type
   */
  public static Operand of(String name, TensorType type) {
    return new Operand(name, type, null, false);
  }

  /**
   * Returns a constant of integers.
   *
   * @param name its name
   * @param type its type
   * @param elements its elements
   */
  public static Operand constant(String name, TensorType type, List<Long> elements) {
    return new Operand(name, type, elements, false);
  }

  /**
   * Returns the result of an operator.
   *
   * @param name its name
   * @param type its type
   * @param sizes its elements where they are sizes of a value, {@link Shape#BATCH} for the batch's
   */
  public static Operand result(String name, TensorType type, Optional<List<Long>> sizes) {
    return new Operand(name, type, sizes.orElse(null), sizes.isPresent());
  }

  /** Returns the value's name. */
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

  /** Returns whether the elements are sizes of a value, which may depend on the batch. */
  boolean isMeasured() {
    return measured;
  }

  /**
   * Returns the elements of an integer constant, such as axes.
   *
   * @throws IllegalArgumentException if they are not known, or measured
   */
  List<Long> integers() {
    if (measured) {
      throw new IllegalArgumentException(this + " is not an integer constant");
    }
    return sizes();
  }

  /**
   * Returns the elements of a shape, a constant or measured.
   *
   * @throws IllegalArgumentException if they are not known
   */
  List<Long> sizes() {
    if (elements == null) {
      throw new IllegalArgumentException(this + " is not an integer constant");
    }
    return elements;
  }

  /** Returns name and type, for messages. */
  @Override
  public String toString() {
    return name + " " + type;
  }
}
