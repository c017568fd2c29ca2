package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.PrependAppend;

/**
 * The step logic of an environment as nodes of the unrolled rollout, where B trajectories run side
 * by side. It stands beside the trainer's own and must agree with it.
 *
 * <p>In states that are neither the root nor terminal every action is valid.
 */
sealed interface EnvironmentLowering permits PrependAppendLowering {
  /**
   * Returns the lowering of an environment.
   *
   * @param environment any environment
   */
  static EnvironmentLowering of(Environment environment) {
    return new PrependAppendLowering((PrependAppend) environment);
  }

  /** Returns the actions that are valid in the root, whose features are zero. */
  ActionRange rootActions();

  /**
   * Takes the first step, from the root.
   *
   * @param choice one of {@link #rootActions} in each row
   * @return the states reached
   */
  LoweredState firstStep(GraphBuilder graph, ActionChoice choice);

  /**
   * Consecutive actions.
   *
   * @param first the lowest
   * @param count how many
   */
  record ActionRange(int first, int count) {}
}
