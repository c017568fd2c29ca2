package io.logitflow.trainer.training;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Objects in proportion to a power of the loss that a trajectory to them had when one was last
 * trained on (Schaul et al. 2016, proportional variant, without their weights on the gradient). A
 * new object has the largest loss of those in the buffer until it is trained on.
 */
final class LossPriorityDraw implements DrawRule {
  /** Added to every loss, so that an object without one is still drawn now and then. */
  private static final double LEAST = 1e-6;

  private static final int FIRST_ALLOCATION = 64;

  private final double exponent;
  private final LogSumTree weights = new LogSumTree();
  private double[] logPriorities = new double[FIRST_ALLOCATION];
  private int size;

  /** The largest of the priorities, or NaN where it has to be looked for. */
  private double largest = Double.NaN;

  /**
   * Creates the rule of an empty buffer.
   *
   * @param exponent the power, at least 0
   */
  LossPriorityDraw(double exponent) {
    this.exponent = exponent;
  }

  @Override
  public void put(int slot, double logReward) {
    set(slot, largest());
  }

  private double largest() {
    if (Double.isNaN(largest)) {
      largest = Arrays.stream(logPriorities, 0, size).max().orElse(0);
    }
    return largest;
  }

  private void set(int slot, double logPriority) {
    if (slot == logPriorities.length) {
      logPriorities = Arrays.copyOf(logPriorities, Math.multiplyExact(2, slot));
    }
    logPriorities[slot] = logPriority;
    size = Math.max(size, slot + 1);
    weights.set(slot, exponent * logPriority);
  }

  @Override
  public void draw(RandomGenerator random, int size, int[] slots) {
    for (int i = 0; i < slots.length; i++) {
      slots[i] = weights.draw(random.nextDouble());
    }
  }

  @Override
  public boolean followsLosses() {
    return true;
  }

  @Override
  public void trained(int slot, double loss) {
    largest = Double.NaN;
    set(slot, Math.log(loss + LEAST));
  }

  @Override
  public double[] logPriorities(int size) {
    return Arrays.copyOf(logPriorities, size);
  }

  @Override
  public void restore(double[] logRewards, double[] saved) {
    for (int slot = 0; slot < saved.length; slot++) {
      set(slot, saved[slot]);
    }
  }
}
