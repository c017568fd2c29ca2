package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.PrependAppend;

/**
 * The step logic of an environment as nodes of the unrolled rollout, where B trajectories run side
 * by side and the state is its features. It stands beside the trainer's own and must agree with it.
 *
 * <p>What depends on the number of steps alone is told while the graph is built.
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

  /**
   * Returns the actions that are valid in every state so many steps from the root; the others are
   * valid in none.
   *
   * @param steps 0 to T − 1
   */
  ActionRange validActions(int steps);

  /**
   * Returns the number of backward actions that are valid in every state so many steps from the
   * root.
   *
   * @param steps 1 to T
   */
  int backwardActions(int steps);

  /**
   * Takes the first step, from the root.
   *
   * @param choice the action
   * @return features of the states reached [B, f]: the first f of all, the others are zero
   */
  Value firstStep(GraphBuilder graph, ActionChoice choice);

  /**
   * Takes a later step.
   *
   * @param features of the states before it [B, f], as a step returned them
   * @param choice the action
   * @return features of the states reached [B, f'], f' no less than f
   */
  Value step(GraphBuilder graph, Value features, ActionChoice choice);

  /**
   * Reads the tokens off terminal states.
   *
   * @param features of the last states
   * @return [B, S] token ids as floats
   */
  Value tokens(GraphBuilder graph, Value features);

  /**
   * Reads the lengths of the objects off terminal states.
   *
   * @param features of the last states
   * @param batch [1], the shape that one number a row has
   * @return [B] lengths as floats
   */
  Value lengths(GraphBuilder graph, Value features, Value batch);

  /**
   * Consecutive actions.
   *
   * @param first the lowest
   * @param count how many
   */
  record ActionRange(int first, int count) {}
}
