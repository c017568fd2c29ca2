package io.logitflow.trainer.policy;

import java.util.List;

/**
 * A named tensor inside the flat parameter vector.
 *
 * @param name unique, dotted, such as {@code forward.0.weight}
 * @param group the group that it is optimised with
 * @param shape its axes
 * @param offset index of its first element in the vector; elements follow row-major
 */
public record ParameterBlock(String name, ParameterGroup group, List<Integer> shape, int offset) {
  /** Returns the number of elements. */
  public int size() {
    return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
  }
}
