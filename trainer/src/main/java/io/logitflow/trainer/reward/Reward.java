package io.logitflow.trainer.reward;

import io.logitflow.trainer.environment.ObjectBatch;

/** A source of scores for finished objects, asked in batches. */
public sealed interface Reward permits TableReward {
  /**
   * Scores objects.
   *
   * @param objects N objects
   * @return [N] finite scores, untransformed
   * @throws io.logitflow.contract.LogitFlowException if a score cannot be had
   */
  double[] scores(ObjectBatch objects);

  /** Returns whether a score costs so much that no more objects are asked for than need be. */
  default boolean metered() {
    return false;
  }

  /** Returns the SHA-256 (64 lower-case hexadecimal digits) of the data that scores come from. */
  String fingerprint();
}
