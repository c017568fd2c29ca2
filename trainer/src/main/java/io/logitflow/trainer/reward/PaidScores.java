package io.logitflow.trainer.reward;

import io.logitflow.trainer.environment.ObjectBatch;

/**
 * Objects whose scores a run keeps.
 *
 * @param objects N distinct objects, the oldest first
 * @param scores [N] their scores, untransformed
 */
public record PaidScores(ObjectBatch objects, double[] scores) {
  /** Checks that there is a score for each object. */
  public PaidScores {
    if (scores.length != objects.rows()) {
      throw new IllegalArgumentException(
          scores.length + " scores of " + objects.rows() + " objects");
    }
  }
}
