package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;

/**
 * The states of B trajectories after as many steps, as values of a graph. What an environment
 * carries from step to step is its own; callers see what policies read and what objects are.
 */
sealed interface LoweredState permits PrependAppendLowering.Strings {
  /**
   * Returns what the policy reads: features [B, f], the first f of all, the others are zero.
   *
   * @return the same value every time
   */
  Value features();

  /**
   * Takes a step.
   *
   * @param choice one action of all A in each row, valid in its state
   * @return the states reached, their f no less than here
   */
  LoweredState step(GraphBuilder graph, ActionChoice choice);

  /**
   * Reads the tokens off terminal states.
   *
   * @return [B, S] token ids as floats
   */
  Value tokens(GraphBuilder graph);

  /**
   * Reads the lengths of the objects off terminal states.
   *
   * @param batch [1], the shape that one number a row has
   * @return [B] lengths as floats
   */
  Value lengths(GraphBuilder graph, Value batch);

  /**
   * Reads log P_B of the trajectories off terminal states: the sum over the steps of the
   * log-probability of the backward action that undoes each.
   *
   * @param batch [1], the shape that one number a row has
   * @return [B] natural logarithms
   */
  Value logBackward(GraphBuilder graph, Value batch);
}
