package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The states of B trajectories after as many steps, as values of a graph; one that has ended stays
 * in its terminal state. What an environment carries from step to step is its own; callers see what
 * policies read, which actions are valid and what objects are.
 *
 * <p>Nodes are made when they are asked for, so each is asked for once in a state, where needed.
 */
public interface LoweredState {
  /**
   * Returns what the policy reads.
   *
   * @return features [B, f], the first f of all, the others are zero
   */
  Value features(GraphBuilder graph);

  /**
   * Returns what the last step added to the features, where it left all others as they were.
   *
   * @return empty where a step may change features that were there
   */
  default Optional<AppendedFeatures> appended() {
    return Optional.empty();
  }

  /** Returns the valid forward actions. */
  ValidActions forwardActions(GraphBuilder graph);

  /**
   * Returns which trajectories go on from here.
   *
   * @return [B, 1] one where it goes on, zero where it has ended; empty if all go on
   */
  Optional<Value> running(GraphBuilder graph);

  /**
   * Takes a step.
   *
   * @param choice one of {@link #forwardActions} in each row, none where the trajectory has ended
   * @return the states reached, their f no less than here
   */
  LoweredState step(GraphBuilder graph, ActionChoice choice);

  /**
   * Returns the number of valid backward actions if it is the same in all rows; it is 1 then, or no
   * trajectory can have ended before. Empty where it depends on the state.
   */
  OptionalInt backwardActionCount();

  /** Returns the valid backward actions; they have a mask where their number depends on the row. */
  ValidActions backwardActions(GraphBuilder graph);

  /**
   * Returns the backward actions that undo the steps which led here.
   *
   * @param choice what was chosen in these steps
   * @return [B, C] one at the action, zeros where nothing was chosen
   */
  Value backwardTwins(GraphBuilder graph, ActionChoice choice);

  /**
   * Reads the tokens off terminal states.
   *
   * @return [B, S] token ids as floats, zeros behind the end
   */
  Value tokens(GraphBuilder graph);

  /**
   * Reads the lengths of the objects off terminal states.
   *
   * @return [B] lengths as floats; empty where every object has S tokens
   */
  Optional<Value> lengths(GraphBuilder graph);

  /**
   * Features that a step added.
   *
   * @param first the first of their columns
   * @param features [B, n] these columns, zeros where the trajectory had ended
   */
  record AppendedFeatures(int first, Value features) {}
}
