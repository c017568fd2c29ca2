package io.logitflow.trainer.reward;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;

/** The closeness of a DNA string's share of G and C to one half: 1 there, 0 with all or none. */
public final class GcContent implements Reward {
  private final int guanine;
  private final int cytosine;

  /**
   * Creates the reward.
   *
   * @param environment strings over tokens that C and G are among
   */
  public GcContent(Environment environment) {
    this.guanine = environment.tokens().indexOf("G");
    this.cytosine = environment.tokens().indexOf("C");
  }

  @Override
  public double[] scores(ObjectBatch objects) {
    double[] scores = new double[objects.rows()];
    for (int row = 0; row < scores.length; row++) {
      int length = objects.lengths()[row];
      int count = 0;
      for (int i = 0; i < length; i++) {
        int token = objects.tokens()[row * objects.width() + i];
        count += token == guanine || token == cytosine ? 1 : 0;
      }
      scores[row] = 1 - Math.abs(2.0 * count / length - 1);
    }
    return scores;
  }
}
