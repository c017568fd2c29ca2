package io.logitflow.exporter.tabulation;

import io.logitflow.trainer.environment.Environment;

/**
 * What the states at one distance from the root have in common.
 *
 * @param states their number
 * @param terminal whether some of them are terminal
 * @param masked whether some that are not have actions that are not valid
 * @param fewestParents the fewest valid backward actions
 * @param mostParents the most
 */
record LevelSurvey(
    int states, boolean terminal, boolean masked, int fewestParents, int mostParents) {
  /**
   * Surveys the states at a distance.
   *
   * @param environment whose states they are
   * @param steps the distance
   */
  static LevelSurvey of(Environment environment, int steps) {
    int actions = environment.actionCount();
    int backwardActions = environment.backwardActionCount();
    boolean[] seen = new boolean[2];
    int[] parents = {Integer.MAX_VALUE, 0};
    StateVisitor.visit(
        environment,
        steps,
        (states, first) -> {
          boolean[] forward = new boolean[states.rows() * actions];
          boolean[] backward = new boolean[states.rows() * backwardActions];
          environment.forwardMask(states, forward);
          environment.backwardMask(states, backward);
          for (int row = 0; row < states.rows(); row++) {
            int valid = count(forward, row, actions);
            seen[0] |= valid == 0;
            seen[1] |= valid > 0 && valid < actions;
            int ways = count(backward, row, backwardActions);
            parents[0] = Math.min(parents[0], ways);
            parents[1] = Math.max(parents[1], ways);
          }
        });
    int count = Math.toIntExact(environment.stateCount(steps).orElseThrow());
    return new LevelSurvey(count, seen[0], seen[1], parents[0], parents[1]);
  }

  /** Counts the marks in a row of a mask. */
  static int count(boolean[] mask, int row, int width) {
    int count = 0;
    for (int i = row * width; i < (row + 1) * width; i++) {
      count += mask[i] ? 1 : 0;
    }
    return count;
  }
}
