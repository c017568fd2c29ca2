package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All states that an object can be built through, and the forward actions between them: what is
 * reachable backward from its terminal state. In a prepend-append environment the L(L+1)/2
 * substrings and the root, in a hypergrid the box below a cell, in an autoregressive environment
 * one path.
 *
 * @param levels by their distance from the root: the root first, the terminal state alone last
 * @param states the number of states in all
 */
record AncestorLattice(List<Level> levels, int states) {
  /**
   * The states at one distance from the root, without repetition, and the actions that lead on to
   * the next level, as lists linked through the edges of a state.
   *
   * @param states [N]
   * @param firstEdge [N] an edge of each state, or −1
   * @param nextEdge [E] another edge of the same state, or −1
   * @param action [E] forward action
   * @param child [E] row of the next level that it leads to
   */
  record Level(StateBatch states, int[] firstEdge, int[] nextEdge, int[] action, int[] child) {}

  /**
   * Finds the lattice of an object.
   *
   * @param environment whose object it is
   * @param object one object
   * @param most the most states
   * @return empty where there are more
   */
  static Optional<AncestorLattice> of(Environment environment, ObjectBatch object, int most) {
    StateBatch current = environment.terminals(object);
    List<Level> levels = new ArrayList<>();
    levels.add(new Level(current, new int[] {-1}, new int[0], new int[0], new int[0]));
    int states = 1;
    for (int steps = current.steps()[0]; steps > 0; steps--) {
      Parents parents = new Parents(current.width());
      if (!parents.find(environment, current, most - states)) {
        return Optional.empty();
      }
      Level level = parents.level(steps - 1);
      levels.add(0, level);
      current = level.states();
      states += current.rows();
    }
    return Optional.of(new AncestorLattice(List.copyOf(levels), states));
  }

  /** The level before one that is known, while it is being found. */
  private static final class Parents {
    private final int width;
    private final Map<IntBuffer, Integer> rows = new HashMap<>();
    private final List<int[]> cells = new ArrayList<>();
    private final List<int[]> edges = new ArrayList<>();

    Parents(int width) {
      this.width = width;
    }

    /** Returns whether the parents of all states are no more than so many. */
    boolean find(Environment environment, StateBatch children, int most) {
      int width = environment.backwardActionCount();
      boolean[] mask = new boolean[children.rows() * width];
      environment.backwardMask(children, mask);
      int[] actions = new int[children.rows()];
      int[] twins = new int[children.rows()];
      for (int action = 0; action < width; action++) {
        for (int row = 0; row < actions.length; row++) {
          actions[row] = mask[row * width + action] ? action : Environment.NO_ACTION;
        }
        StateBatch moved = children.copy();
        environment.stepBack(moved, actions, twins);
        for (int row = 0; row < actions.length; row++) {
          if (actions[row] >= 0) {
            edges.add(new int[] {rowOf(moved, row), twins[row], row});
          }
        }
        if (rows.size() > most) {
          return false;
        }
      }
      return true;
    }

    private int rowOf(StateBatch states, int row) {
      int[] key = Arrays.copyOfRange(states.cells(), row * width, (row + 1) * width);
      Integer known = rows.putIfAbsent(IntBuffer.wrap(key), cells.size());
      if (known == null) {
        cells.add(key);
        return cells.size() - 1;
      }
      return known;
    }

    Level level(int steps) {
      StateBatch states = new StateBatch(cells.size(), width);
      Arrays.fill(states.steps(), steps);
      for (int row = 0; row < cells.size(); row++) {
        System.arraycopy(cells.get(row), 0, states.cells(), row * width, width);
      }
      int[] firstEdge = new int[cells.size()];
      Arrays.fill(firstEdge, -1);
      int[] nextEdge = new int[edges.size()];
      for (int edge = 0; edge < nextEdge.length; edge++) {
        int parent = edges.get(edge)[0];
        nextEdge[edge] = firstEdge[parent];
        firstEdge[parent] = edge;
      }
      int[] action = edges.stream().mapToInt(edge -> edge[1]).toArray();
      int[] child = edges.stream().mapToInt(edge -> edge[2]).toArray();
      return new Level(states, firstEdge, nextEdge, action, child);
    }
  }
}
