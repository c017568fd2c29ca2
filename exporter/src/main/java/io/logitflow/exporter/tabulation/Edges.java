package io.logitflow.exporter.tabulation;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import java.util.Arrays;

/**
 * Where the actions of all states at fewer than D steps from the root lead. Edge A·s + a is action
 * a in state s. An action that is not valid leads back to its state, as every action of a terminal
 * state does: a trajectory that has ended stays there.
 */
final class Edges {
  private final int actions;
  private final int[] children;
  private final int[] twins;

  private Edges(int actions, int edges) {
    this.actions = actions;
    children = new int[edges];
    twins = new int[edges];
  }

  /**
   * Follows every action.
   *
   * @param environment the environment
   * @param numbering of its states at up to D steps
   */
  static Edges of(Environment environment, StateNumbering numbering) {
    int actions = environment.actionCount();
    int sources = numbering.first(numbering.depth());
    Edges edges = new Edges(actions, Math.multiplyExact(sources, actions));
    for (int steps = 0; steps < numbering.depth(); steps++) {
      int firstState = numbering.first(steps);
      int firstChild = numbering.first(steps + 1);
      StateVisitor.visit(
          environment,
          steps,
          (states, first) -> edges.add(environment, states, firstState + first, firstChild));
    }
    return edges;
  }

  private void add(Environment environment, StateBatch states, int firstState, int firstChild) {
    int rows = states.rows();
    boolean[] mask = new boolean[rows * actions];
    environment.forwardMask(states, mask);
    int[] taken = new int[rows];
    int[] undone = new int[rows];
    long[] indices = new long[rows];
    for (int action = 0; action < actions; action++) {
      for (int row = 0; row < rows; row++) {
        taken[row] = mask[row * actions + action] ? action : Environment.NO_ACTION;
      }
      StateBatch children = states.copy();
      environment.step(children, taken, undone);
      environment.indices(children, indices);
      for (int row = 0; row < rows; row++) {
        int edge = (firstState + row) * actions + action;
        boolean valid = taken[row] >= 0;
        this.children[edge] = valid ? firstChild + (int) indices[row] : firstState + row;
        twins[edge] = valid ? undone[row] : Environment.NO_ACTION;
      }
    }
  }

  /** Returns the number of edges. */
  int count() {
    return children.length;
  }

  /** Returns the state that an edge leads to. */
  int child(int edge) {
    return children[edge];
  }

  /** Returns the backward action that undoes an edge; none where it leads back to its state. */
  int twin(int edge) {
    return twins[edge];
  }

  /** Returns a copy of the states that the edges lead to, [edges]. */
  int[] children() {
    return children.clone();
  }

  /** Returns a copy of the backward actions, [edges]. */
  int[] twins() {
    return Arrays.copyOf(twins, twins.length);
  }
}
