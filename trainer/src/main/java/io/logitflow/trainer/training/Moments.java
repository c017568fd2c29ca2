package io.logitflow.trainer.training;

/**
 * What Adam remembers of the gradients that it has seen.
 *
 * @param steps steps taken
 * @param first [P] running mean of gradients
 * @param second [P] running mean of squared gradients
 */
public record Moments(long steps, float[] first, float[] second) {
  /**
   * Returns the moments before the first step.
   *
   * @param size P
   */
  public static Moments zero(int size) {
    return new Moments(0, new float[size], new float[size]);
  }
}
