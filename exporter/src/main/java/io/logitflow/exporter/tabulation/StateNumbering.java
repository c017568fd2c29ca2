package io.logitflow.exporter.tabulation;

import io.logitflow.trainer.environment.Environment;

/**
 * Numbers of the states at up to D steps from the root: the root is 0, states at fewer steps come
 * first, those at as many in the environment's order.
 */
public final class StateNumbering {
  private final int[] first;

  private StateNumbering(int[] first) {
    this.first = first;
  }

  /**
   * Numbers states.
   *
   * @param environment an environment whose states can be counted
   * @param depth D, 0 to T
   * @throws ArithmeticException if a number does not fit in 31 bits
   */
  static StateNumbering of(Environment environment, int depth) {
    int[] first = new int[depth + 2];
    for (int steps = 0; steps <= depth; steps++) {
      long count = environment.stateCount(steps).orElse(Long.MAX_VALUE);
      first[steps + 1] = Math.addExact(first[steps], Math.toIntExact(count));
    }
    return new StateNumbering(first);
  }

  /** Returns D. */
  public int depth() {
    return first.length - 2;
  }

  /**
   * Returns the number of the first state at a distance, which is that of states at fewer steps.
   *
   * @param steps 0 to D + 1
   */
  public int first(int steps) {
    return first[steps];
  }

  /**
   * Returns the number of states at a distance.
   *
   * @param steps 0 to D
   */
  public int count(int steps) {
    return first[steps + 1] - first[steps];
  }

  /** Returns the number of states. */
  public int states() {
    return first[first.length - 1];
  }
}
