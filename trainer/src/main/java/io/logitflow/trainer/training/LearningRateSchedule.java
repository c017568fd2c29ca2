package io.logitflow.trainer.training;

import io.logitflow.trainer.config.OptimiserConfig;
import io.logitflow.trainer.config.OptimiserConfig.Constant;
import io.logitflow.trainer.config.OptimiserConfig.Cosine;

/**
 * The factor on all learning rates: a linear warm-up times a constant, or half a cosine over all
 * rounds (Loshchilov and Hutter 2017, equation 5, without restarts).
 *
 * @param rounds rounds in all
 * @param config the schedule and its warm-up
 */
public record LearningRateSchedule(int rounds, OptimiserConfig config) {
  /**
   * Returns the factor of a round.
   *
   * @param round counted from 0, below the number of rounds
   */
  public double factor(long round) {
    double warmUp = Math.min(1, (round + 1.0) / Math.max(1, config.warmUpRounds()));
    if (config.schedule() instanceof Cosine schedule) {
      double cosine = 0.5 * (1 + Math.cos(Math.PI * round / rounds));
      return warmUp * (schedule.finalFraction() + (1 - schedule.finalFraction()) * cosine);
    }
    if (config.schedule() instanceof Constant) {
      return warmUp;
    }
    throw new IllegalArgumentException("no learning rates for " + config.schedule());
  }
}
