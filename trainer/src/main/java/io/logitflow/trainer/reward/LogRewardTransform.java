package io.logitflow.trainer.reward;

import io.logitflow.trainer.config.LogRewardConfig;

/**
 * How scores become log rewards: log R = log(scale) + exponent · log(max(score, floor)), the one
 * place where they do (Kim et al. 2024, appendix: R = c · max(score, 0.001)^k).
 *
 * @param config the constants
 */
public record LogRewardTransform(LogRewardConfig config) {
  /**
   * Transforms one score.
   *
   * @param score a finite score
   * @return the natural logarithm of the reward, finite
   */
  public double logReward(double score) {
    return Math.log(config.scale()) + config.exponent() * Math.log(Math.max(score, config.floor()));
  }

  /**
   * Transforms scores.
   *
   * @param scores [N] finite scores
   * @return [N] log rewards
   */
  public double[] logRewards(double[] scores) {
    double[] logRewards = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      logRewards[i] = logReward(scores[i]);
    }
    return logRewards;
  }
}
