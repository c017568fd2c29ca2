package io.logitflow.trainer.objective;

import io.logitflow.trainer.config.ObjectiveConfig;

/** Creates objectives from their configuration. */
public final class Objectives {
  private Objectives() {}

  /**
   * Creates the objective that a config describes.
   *
   * @param config a validated config
   * @param terms of the networks that it asks for
   */
  public static Objective create(ObjectiveConfig config, TrajectoryTerms terms) {
    if (config instanceof ObjectiveConfig.TrajectoryBalance) {
      return new TrajectoryBalance(terms);
    }
    if (config instanceof ObjectiveConfig.LogPartitionVariance variance) {
      return new LogPartitionVariance(terms, variance.group());
    }
    if (config instanceof ObjectiveConfig.DetailedBalance) {
      return new DetailedBalance(terms);
    }
    if (config instanceof ObjectiveConfig.SubTrajectoryBalance sub) {
      return new SubTrajectoryBalance(terms, sub.lambda());
    }
    throw new IllegalArgumentException("no objective for " + config);
  }
}
