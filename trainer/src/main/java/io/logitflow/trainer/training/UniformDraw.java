package io.logitflow.trainer.training;

import java.util.random.RandomGenerator;

/** Every object alike. */
final class UniformDraw implements DrawRule {
  @Override
  public void put(int slot, double logReward) {}

  @Override
  public void draw(RandomGenerator random, int size, int[] slots) {
    for (int i = 0; i < slots.length; i++) {
      slots[i] = random.nextInt(size);
    }
  }
}
