package io.logitflow.trainer.training;

/**
 * The factor on all learning rates: a linear warm-up times half a cosine over all rounds
 * (Loshchilov and Hutter 2017, equation 5, without restarts).
 *
 * @param rounds rounds in all
 * @param warmUpRounds rounds over which the rates rise from zero
 * @param finalFraction what is left at the end
 */
public record LearningRateSchedule(int rounds, int warmUpRounds, double finalFraction) {
  /**
   * Returns the factor of a round.
   *
   * @param round counted from 0, below the number of rounds
   */
  public double factor(long round) {
    double warmUp = Math.min(1, (round + 1.0) / Math.max(1, warmUpRounds));
    double cosine = 0.5 * (1 + Math.cos(Math.PI * round / rounds));
    return warmUp * (finalFraction + (1 - finalFraction) * cosine);
  }
}
