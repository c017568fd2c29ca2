package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import java.util.Optional;

/**
 * The states that trajectories to an object can lead through, by their distance from the root, and
 * the actions between them. Which states and actions there are is the same for every object; what
 * policies read of them may depend on it. From each state each kind of action leads to one child at
 * most, and to each child one state at most.
 *
 * <p>B objects, n states at a distance, A forward actions.
 */
interface ObjectLattice {
  /** Returns the number of distances at which there are states with actions, from 0 on. */
  int levels();

  /** Returns n, the number of states at a distance, none behind the last ones. */
  int states(int level);

  /** Returns the number of kinds of actions that lead on. */
  int kinds();

  /**
   * Returns the child of a state by a kind of action.
   *
   * @return its place at the next distance; −1 if there is none
   */
  int child(int level, int state, int kind);

  /** Returns the states of all objects at a distance, [B·n]. */
  LoweredState rows(GraphBuilder graph, int level);

  /**
   * Returns the log-probabilities of each kind of action in each state.
   *
   * @param actions [B, n, A] log P_F
   * @return [B, n, kinds]; where there is no child, any finite number
   */
  Value edges(GraphBuilder graph, Value actions);

  /**
   * Returns the log-probability of the objects whose trajectories end by an action in one of the
   * states at a distance.
   *
   * @param reached [B, n] log-probabilities of the states
   * @param actions [B, n, A] log P_F
   * @return [B, 1] zero of other objects; empty if all trajectories end in the one state behind the
   *     last level
   */
  Optional<Value> ended(GraphBuilder graph, int level, Value reached, Value actions);
}
