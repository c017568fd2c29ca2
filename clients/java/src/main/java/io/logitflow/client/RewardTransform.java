package io.logitflow.client;

import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.LogRewardTransform;

/**
 * How a model's scores become rewards: log R = log(scale) + exponent · log(max(score, floor)),
 * natural logarithms.
 *
 * @param floor scores below it count as it; above 0
 * @param exponent above 0
 * @param scale above 0
 */
public record RewardTransform(double floor, double exponent, double scale) {
  /**
   * Returns the transform of a model.
   *
   * @param model as {@link SamplerClient#describeModel} tells of it
   */
  public static RewardTransform of(DescribeModelResponse model) {
    LogRewardTransform transform = model.getLogReward();
    return new RewardTransform(transform.getFloor(), transform.getExponent(), transform.getScale());
  }

  /**
   * Returns the log reward of a score.
   *
   * @param score a finite number
   */
  public double logReward(double score) {
    return Math.log(scale) + exponent * Math.log(Math.max(score, floor));
  }

  /**
   * Returns the score that has a log reward: of an implied one the score that the model implies. It
   * is never below the floor, since no score below it can be told from it.
   *
   * @param logReward a finite number
   */
  public double score(double logReward) {
    return Math.max(floor, Math.exp((logReward - Math.log(scale)) / exponent));
  }
}
