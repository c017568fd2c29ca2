package io.logitflow.trainer.training;

import java.util.random.RandomGenerator;

/** Objects in proportion to a power of their reward. */
final class RewardPriorityDraw implements DrawRule {
  private final double exponent;
  private final LogSumTree weights = new LogSumTree();

  /**
   * Creates the rule of an empty buffer.
   *
   * @param exponent the power, at least 0
   */
  RewardPriorityDraw(double exponent) {
    this.exponent = exponent;
  }

  @Override
  public void put(int slot, double logReward) {
    weights.set(slot, exponent * logReward);
  }

  @Override
  public void draw(RandomGenerator random, int size, int[] slots) {
    for (int i = 0; i < slots.length; i++) {
      slots[i] = weights.draw(random.nextDouble());
    }
  }
}
