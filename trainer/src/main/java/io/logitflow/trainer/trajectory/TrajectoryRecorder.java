package io.logitflow.trainer.trajectory;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;

/** The arrays of a batch of trajectories while they grow, forward or backward. */
final class TrajectoryRecorder {
  private final Environment environment;
  private final int rows;
  private final int maximumSteps;
  private final StateBatch visited;
  private final boolean[] forwardMask;
  private final boolean[] backwardMask;
  private final int[] actions;
  private final int[] backwardActions;
  private final int[] twins;
  private final boolean[] stepForwardMask;
  private final boolean[] stepBackwardMask;

  TrajectoryRecorder(Environment environment, int rows) {
    int steps = environment.maximumSteps();
    this.environment = environment;
    this.rows = rows;
    this.maximumSteps = steps;
    this.visited = new StateBatch((steps + 1) * rows, environment.roots(1).width());
    this.forwardMask = new boolean[steps * rows * environment.actionCount()];
    this.backwardMask = new boolean[steps * rows * environment.backwardActionCount()];
    this.actions = new int[steps * rows];
    this.backwardActions = new int[steps * rows];
    this.twins = new int[rows];
    this.stepForwardMask = new boolean[rows * environment.actionCount()];
    this.stepBackwardMask = new boolean[rows * environment.backwardActionCount()];
  }

  /** Records the states at the far end, from which recording begins. */
  void recordStates(int slot, StateBatch states) {
    visited.put(states, slot * rows);
  }

  /**
   * Takes a step forward and records it, with the states that it leads to.
   *
   * @param mask [N, A] valid actions
   * @param taken [N], −1 where there is no step
   */
  void stepForward(int slot, StateBatch states, boolean[] mask, int[] taken) {
    System.arraycopy(mask, 0, forwardMask, slot * mask.length, mask.length);
    System.arraycopy(taken, 0, actions, slot * rows, rows);
    environment.step(states, taken, twins);
    System.arraycopy(twins, 0, backwardActions, slot * rows, rows);
    environment.backwardMask(states, stepBackwardMask);
    int width = stepBackwardMask.length;
    System.arraycopy(stepBackwardMask, 0, backwardMask, slot * width, width);
    visited.put(states, (slot + 1) * rows);
  }

  /**
   * Takes a step backward and records it, with the states that it leads to.
   *
   * @param mask [N, C] valid backward actions
   * @param taken [N], −1 where there is no step
   */
  void stepBackward(int slot, StateBatch states, boolean[] mask, int[] taken) {
    System.arraycopy(mask, 0, backwardMask, slot * mask.length, mask.length);
    System.arraycopy(taken, 0, backwardActions, slot * rows, rows);
    environment.stepBack(states, taken, twins);
    System.arraycopy(twins, 0, actions, slot * rows, rows);
    environment.forwardMask(states, stepForwardMask);
    int width = stepForwardMask.length;
    System.arraycopy(stepForwardMask, 0, forwardMask, slot * width, width);
    visited.put(states, slot * rows);
  }

  TrajectoryBatch finish(ObjectBatch objects) {
    return new TrajectoryBatch(
        rows, maximumSteps, visited, forwardMask, actions, backwardMask, backwardActions, objects);
  }
}
