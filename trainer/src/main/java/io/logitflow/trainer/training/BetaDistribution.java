package io.logitflow.trainer.training;

import io.logitflow.trainer.config.BetaConfig;
import java.util.random.RandomGenerator;

/**
 * A distribution of inverse temperatures in training, which may move from round to round.
 *
 * @param config its form
 * @param rounds rounds in all, over which an annealed one moves
 */
public record BetaDistribution(BetaConfig config, int rounds) {
  private static final float ANNEALED_HALF_WIDTH = 0.5f;

  /**
   * Draws inverse temperatures.
   *
   * @param random source of randomness
   * @param round the round, counted from 0
   * @param size N
   * @param group how many consecutive ones are the same; N is a multiple of it
   * @return [N], each between the ends of the config
   */
  public float[] draw(RandomGenerator random, long round, int size, int group) {
    float[] betas = new float[size];
    for (int i = 0; i < size; i++) {
      betas[i] = i % group == 0 ? clipped(draw(random, round)) : betas[i - 1];
    }
    return betas;
  }

  private double draw(RandomGenerator random, long round) {
    if (config instanceof BetaConfig.Uniform range) {
      return between(range.low(), range.high(), random);
    } else if (config instanceof BetaConfig.ClippedNormal normal) {
      return normal.mean() + normal.standardDeviation() * random.nextGaussian();
    } else if (config instanceof BetaConfig.LogUniform range) {
      return Math.exp(between(Math.log(range.low()), Math.log(range.high()), random));
    } else if (config instanceof BetaConfig.ExponentialUniform range) {
      // log U(e^low, e^high), with e^high taken out so that nothing overflows.
      double lowest = Math.exp(range.low() - (double) range.high());
      return range.high() + Math.log(between(lowest, 1, random));
    } else if (config instanceof BetaConfig.Annealed annealed) {
      double progress = rounds == 1 ? 0 : Math.min(1, round / (rounds - 1.0));
      double centre = annealed.from() + ((double) annealed.to() - annealed.from()) * progress;
      return between(centre - ANNEALED_HALF_WIDTH, centre + ANNEALED_HALF_WIDTH, random);
    }
    return ((BetaConfig.Constant) config).value();
  }

  private static double between(double low, double high, RandomGenerator random) {
    return low + (high - low) * random.nextFloat();
  }

  private float clipped(double beta) {
    return Math.max(config.low(), Math.min(config.high(), (float) beta));
  }
}
