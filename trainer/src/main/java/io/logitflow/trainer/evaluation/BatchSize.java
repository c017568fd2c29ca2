package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.environment.Environment;

/** How much is held at once: small environments in large batches, wide ones in small. */
final class BatchSize {
  /** The most features or actions of the states of a batch. */
  private static final int NUMBERS = 1 << 24;

  private static final int MOST_STATES = 4096;
  private static final int MOST_TRAJECTORIES = 1000;

  private BatchSize() {}

  /**
   * Returns how many states a policy is asked about at once, at least 1.
   *
   * @param environment whose states they are
   */
  static int states(Environment environment) {
    return Math.max(1, Math.min(MOST_STATES, NUMBERS / width(environment)));
  }

  /**
   * Returns how many trajectories are drawn at once, at least 1.
   *
   * @param environment where they run
   */
  static int trajectories(Environment environment) {
    long each = (environment.maximumSteps() + 1L) * width(environment);
    return (int) Math.max(1, Math.min(MOST_TRAJECTORIES, NUMBERS / each));
  }

  /**
   * Returns how many states fit in what is held at once, at least 1.
   *
   * @param environment whose states they are
   */
  static int heldStates(Environment environment) {
    return Math.max(1, NUMBERS / width(environment));
  }

  private static int width(Environment environment) {
    return Math.max(
        environment.featureCount(),
        Math.max(environment.actionCount(), environment.backwardActionCount()));
  }
}
