package io.logitflow.trainer.objective;

import io.logitflow.trainer.trajectory.TrajectoryBatch;

/**
 * What a step of training learns from.
 *
 * @param trajectories N trajectories from the root
 * @param betas [N] inverse temperatures, one a trajectory
 * @param logRewards [N] log R of the trajectories' objects, not yet raised to β
 */
public record TrainingBatch(TrajectoryBatch trajectories, float[] betas, double[] logRewards) {
  /** Returns N, the number of trajectories. */
  public int rows() {
    return trajectories.rows();
  }

  /**
   * Returns β log R of a trajectory's object, the logarithm of the flow that ends in it.
   *
   * @param row 0 to N - 1
   */
  public double logTarget(int row) {
    return betas[row] * logRewards[row];
  }
}
