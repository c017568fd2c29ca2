package io.logitflow.trainer.reward;

import io.logitflow.trainer.environment.ObjectBatch;

/**
 * A batch in a {@link ScoreQueue}, as it is saved.
 *
 * @param objects N objects
 * @param scores [N] their scores, untransformed; NaN where the reward has not answered yet
 * @param asked [N] whether the reward is asked for the object for this batch, and not for an
 *     earlier one
 */
public record AwaitedScores(ObjectBatch objects, double[] scores, boolean[] asked) {
  /** Checks that the arrays have an element for each object. */
  public AwaitedScores {
    if (scores.length != objects.rows() || asked.length != objects.rows()) {
      throw new IllegalArgumentException(
          scores.length + " scores and " + asked.length + " marks of " + objects.rows());
    }
  }
}
