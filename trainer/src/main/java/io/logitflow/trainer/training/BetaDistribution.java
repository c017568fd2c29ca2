package io.logitflow.trainer.training;

import io.logitflow.trainer.config.TrainingConfig.BetaConfig;
import io.logitflow.trainer.config.TrainingConfig.Constant;
import io.logitflow.trainer.config.TrainingConfig.Uniform;
import java.util.random.RandomGenerator;

/**
 * The distribution of inverse temperatures in training: uniform on a closed range, which is a point
 * for a constant.
 *
 * @param low lower end, positive
 * @param high upper end
 */
public record BetaDistribution(float low, float high) {
  /**
   * Creates the distribution that a config asks for.
   *
   * @param config the config's section
   */
  public static BetaDistribution of(BetaConfig config) {
    if (config instanceof Uniform uniform) {
      return new BetaDistribution(uniform.low(), uniform.high());
    }
    float value = ((Constant) config).value();
    return new BetaDistribution(value, value);
  }

  /**
   * Draws inverse temperatures.
   *
   * @param random source of randomness
   * @param size N
   * @return [N]
   */
  public float[] draw(RandomGenerator random, int size) {
    float[] betas = RandomStreams.uniforms(random, size);
    for (int i = 0; i < size; i++) {
      betas[i] = Math.min(high, low + (high - low) * betas[i]);
    }
    return betas;
  }

  /** Returns the middle of the range. */
  public float middle() {
    return low + (high - low) / 2;
  }

  /**
   * Tells whether an inverse temperature lies outside what training sees.
   *
   * @param beta an inverse temperature
   */
  public boolean extrapolates(float beta) {
    return beta < low || beta > high;
  }
}
