package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.logitflow.trainer.policy.BoundParameters;
import io.logitflow.trainer.trajectory.TrajectoryBatch;

/** A loss whose minimum is the policy that samples x in proportion to R(x)^β. */
public interface Objective {
  /**
   * Computes the loss.
   *
   * @param manager owner of intermediate tensors
   * @param parameters the bound parameters
   * @param trajectories N trajectories
   * @param betas [N] inverse temperatures, one a trajectory
   * @param logRewards [N] log R of the trajectories' objects, not yet raised to β
   * @return a scalar, the mean over trajectories
   */
  NDArray loss(
      NDManager manager,
      BoundParameters parameters,
      TrajectoryBatch trajectories,
      float[] betas,
      double[] logRewards);
}
