package io.logitflow.trainer.training;

import io.logitflow.trainer.environment.ObjectBatch;

/**
 * All that a replay buffer holds, slot by slot: draws depend on the numbers of the slots.
 *
 * @param objects [N]
 * @param logRewards [N] their log rewards
 * @param logPriorities [N] logarithms of their priorities; none where these follow from rewards, or
 *     there are none
 * @param oldest the slot that was filled first, which is emptied next once the buffer is full
 */
public record ReplayContents(
    ObjectBatch objects, double[] logRewards, double[] logPriorities, int oldest) {
  /**
   * Returns the contents of an empty buffer.
   *
   * @param width S, the largest number of tokens of an object
   */
  public static ReplayContents empty(int width) {
    ObjectBatch none = new ObjectBatch(0, width, new int[0], new int[0]);
    return new ReplayContents(none, new double[0], new double[0], 0);
  }
}
