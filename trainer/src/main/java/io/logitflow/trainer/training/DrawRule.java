package io.logitflow.trainer.training;

import io.logitflow.trainer.config.ReplayConfig;
import java.util.random.RandomGenerator;

/** How slots of a replay buffer are chosen. A function of what the slots hold, by their numbers. */
interface DrawRule {
  /**
   * Creates the rule that a config describes.
   *
   * @param config replay with a buffer
   */
  static DrawRule of(ReplayConfig.Buffered config) {
    if (config instanceof ReplayConfig.Percentile percentile) {
      return new PercentileDraw(percentile.percentile());
    }
    if (config instanceof ReplayConfig.Prioritised prioritised) {
      return prioritised.by() == ReplayConfig.Priority.LOSS
          ? new LossPriorityDraw(prioritised.exponent())
          : new RewardPriorityDraw(prioritised.exponent());
    }
    if (config instanceof ReplayConfig.Fifo) {
      return new UniformDraw();
    }
    throw new IllegalArgumentException("no rule to draw by for " + config);
  }

  /**
   * Takes note that a slot holds an object that it did not hold before.
   *
   * @param slot the slot, at most one beyond those in use
   * @param logReward the object's log reward
   */
  void put(int slot, double logReward);

  /**
   * Chooses slots, with replacement.
   *
   * @param random source of randomness
   * @param size slots in use, at least 1
   * @param slots overwritten with the choice
   */
  void draw(RandomGenerator random, int size, int[] slots);

  /** Returns whether the losses of trajectories matter. */
  default boolean followsLosses() {
    return false;
  }

  /**
   * Takes note of the loss of a trajectory to a slot's object.
   *
   * @param slot a slot in use
   * @param loss at least 0
   */
  default void trained(int slot, double loss) {}

  /**
   * Returns what the rule knows of slots beside their log rewards: a number each, or none.
   *
   * @param size slots in use
   */
  default double[] logPriorities(int size) {
    return new double[0];
  }

  /**
   * Takes up slots that hold nothing so far.
   *
   * @param logRewards log rewards by slot
   * @param logPriorities what {@link #logPriorities} returned of them
   */
  default void restore(double[] logRewards, double[] logPriorities) {
    for (int slot = 0; slot < logRewards.length; slot++) {
      put(slot, logRewards[slot]);
    }
  }
}
