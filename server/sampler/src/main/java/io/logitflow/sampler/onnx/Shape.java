package io.logitflow.sampler.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The sizes of a tensor's axes, of which those of the batch and of a run's inverse temperatures are
 * known at run time alone.
 *
 * @param sizes one for each axis: positive; {@link #BATCH} times n, where the axis has n rows for
 *     each of the batch; or {@link #BETAS}
 */
public record Shape(List<Long> sizes) {
  /** The size of the batch axis. */
  public static final long BATCH = -1;

  /** The size of the axis of a run's distinct inverse temperatures, at most that of the batch. */
  public static final long BETAS = Long.MIN_VALUE;

  /** Checks and copies the sizes. */
  public Shape {
    sizes = List.copyOf(sizes);
    for (long size : sizes) {
      if (size == 0) {
        throw new IllegalArgumentException("an axis of size 0 in " + text(sizes));
      }
    }
  }

  /**
   * Creates a shape.
   *
   * @param sizes one for each axis; none for a scalar
   */
  public static Shape of(long... sizes) {
    return new Shape(Arrays.stream(sizes).boxed().toList());
  }

  /** Returns the number of axes. */
  public int rank() {
    return sizes.size();
  }

  /**
   * Returns the size of an axis.
   *
   * @param axis from 0
   */
  public long size(int axis) {
    return sizes.get(axis);
  }

  /** Returns whether the number of elements is known at run time alone. */
  public boolean isBatched() {
    return unknown() > 0;
  }

  /** Returns whether the number of elements depends on the batch. */
  public boolean isRows() {
    return isBatched() && !sizes.contains(BETAS);
  }

  /** Returns how many sizes are known at run time alone. */
  long unknown() {
    return sizes.stream().filter(size -> size < 0).count();
  }

  /**
   * Returns the product of the sizes, for each row of the batch, or each inverse temperature, where
   * it depends on their number.
   *
   * @throws ArithmeticException if it does not fit in 64 bits
   */
  public long elements() {
    return sizes.stream()
        .filter(size -> size != BETAS)
        .map(Math::absExact)
        .reduce(1L, Math::multiplyExact);
  }

  /**
   * Returns the shape with one axis of another size.
   *
   * @param axis from 0
   * @param size its new size
   */
  Shape with(int axis, long size) {
    List<Long> changed = new ArrayList<>(sizes);
    changed.set(axis, size);
    return new Shape(changed);
  }

  /**
   * Returns the shape to which both extend by ONNX's (NumPy's) broadcasting.
   *
   * @param other the other operand's shape
   * @throws IllegalArgumentException if they do not go together
   */
  Shape broadcast(Shape other) {
    int rank = Math.max(rank(), other.rank());
    List<Long> result = new ArrayList<>(rank);
    for (int axis = 0; axis < rank; axis++) {
      long left = sizeFromTheRight(rank - axis);
      long right = other.sizeFromTheRight(rank - axis);
      if (left != right && left != 1 && right != 1) {
        throw new IllegalArgumentException(this + " and " + other + " do not broadcast");
      }
      result.add(left == 1 ? right : left);
    }
    return new Shape(result);
  }

  private long sizeFromTheRight(int place) {
    return place > rank() ? 1 : size(rank() - place);
  }

  /** Returns the sizes in brackets, the batch as an asterisk, the inverse temperatures as G. */
  @Override
  public String toString() {
    return text(sizes);
  }

  /** Returns sizes in brackets. */
  static String text(List<Long> sizes) {
    return sizes.stream().map(Shape::text).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String text(long size) {
    if (size == BETAS) {
      return "G";
    }
    return size == BATCH ? "*" : size < 0 ? -size + "*" : Long.toString(size);
  }
}
