package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.Value;
import org.jspecify.annotations.Nullable;

/**
 * Which actions are valid in the states of a step: of a range of them, the same in all rows, those
 * that a mask marks. What no row can do has no logit in the graph at all.
 *
 * @param range n actions
 * @param mask [B, n], or [1, n] for all rows, truth values, at least one true in every row, of
 *     trajectories that have ended as well; null if the whole range is valid in every row
 */
public record ValidActions(ActionRange range, @Nullable Value mask) {
  /**
   * Returns consecutive actions that are valid in every row.
   *
   * @param first the lowest
   * @param count how many
   */
  public static ValidActions range(int first, int count) {
    return new ValidActions(new ActionRange(first, count), null);
  }

  /**
   * Returns the actions that a mask marks.
   *
   * @param mask [B, n], or [1, n] for all rows, truth values for all n actions, at least one true
   *     in every row
   */
  public static ValidActions masked(Value mask) {
    int actions = Math.toIntExact(mask.shape().size(1));
    return new ValidActions(new ActionRange(0, actions), mask);
  }
}
