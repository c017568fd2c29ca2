package io.logitflow.trainer.trajectory;

/**
 * Trajectories drawn from a policy, with what the draw says of them.
 *
 * @param trajectories N trajectories
 * @param logForward [N] log P_F of the whole trajectory under the policy, exploration or not
 * @param boundaryDistance [N] the least distance, over a trajectory's steps, of the uniform from a
 *     boundary of the cumulative distribution: where it is near zero, rounding may decide otherwise
 */
public record SampledTrajectories(
    TrajectoryBatch trajectories, float[] logForward, float[] boundaryDistance) {}
