package io.logitflow.trainer.trajectory;

import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;

/**
 * N trajectories to an object, time first: slot t is the step from a state t steps from the root.
 * Where a trajectory has no step in a slot, because it has ended or begins further on, its actions
 * are −1 and its state is the one that it ends or begins in.
 *
 * @param rows N
 * @param maximumSteps T
 * @param states [(T+1)·N] the state before each slot, and after the last; row t·N + n
 * @param forwardMask [T, N, A] valid forward actions of the state before each step
 * @param actions [T, N] forward actions taken
 * @param backwardMask [T, N, C] valid backward actions of the state behind each step
 * @param backwardActions [T, N] the backward action that undoes each
 * @param objects [N] the objects that they end in
 */
public record TrajectoryBatch(
    int rows,
    int maximumSteps,
    StateBatch states,
    boolean[] forwardMask,
    int[] actions,
    boolean[] backwardMask,
    int[] backwardActions,
    ObjectBatch objects) {

  /**
   * Returns the states before a slot, or behind the last.
   *
   * @param slot 0 to T
   * @return a copy, N states
   */
  public StateBatch statesAt(int slot) {
    return states.rows(slot * rows, rows);
  }

  /**
   * Computes log P_B of every step under the uniform backward policy.
   *
   * @return [T, N], 0 where there is no step
   */
  public float[] uniformLogBackward() {
    float[] logBackward = new float[actions.length];
    int width = actions.length == 0 ? 0 : backwardMask.length / actions.length;
    float[] ofParents = new float[width + 1];
    for (int parents = 1; parents <= width; parents++) {
      ofParents[parents] = (float) -Math.log(parents);
    }
    for (int step = 0; step < actions.length; step++) {
      if (actions[step] >= 0) {
        int parents = 0;
        for (int i = step * width; i < (step + 1) * width; i++) {
          parents += backwardMask[i] ? 1 : 0;
        }
        logBackward[step] = ofParents[parents];
      }
    }
    return logBackward;
  }
}
