package io.logitflow.trainer.reward;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;

/**
 * Log rewards of objects: a source of scores behind the transform, with what the source answers
 * checked.
 *
 * @param reward the source of scores
 * @param transform from a score to a log reward
 * @param text of objects, for messages
 */
public record LogReward(Reward reward, LogRewardTransform transform, ObjectText text) {
  /**
   * Computes log rewards.
   *
   * @param objects N objects
   * @return [N] finite natural logarithms
   * @throws LogitFlowException if the source answers with another count or a score that is not
   *     finite, or not at all
   */
  public double[] of(ObjectBatch objects) {
    return transform.logRewards(scores(objects));
  }

  /**
   * Asks for scores.
   *
   * @param objects N objects
   * @return [N] finite scores, untransformed
   * @throws LogitFlowException if the source answers with another count or a score that is not
   *     finite, or not at all
   */
  public double[] scores(ObjectBatch objects) {
    double[] scores = reward.scores(objects);
    if (scores.length != objects.rows()) {
      throw new LogitFlowException(
          Category.FAILED,
          "reward: found "
              + scores.length
              + " scores for "
              + objects.rows()
              + " objects, expected one each");
    }
    for (int row = 0; row < scores.length; row++) {
      if (!Double.isFinite(scores[row])) {
        throw new LogitFlowException(
            Category.FAILED,
            "reward: found a score of "
                + scores[row]
                + " for "
                + ObjectText.shown(text.format(objects, row))
                + ", expected a finite one");
      }
    }
    return scores;
  }
}
