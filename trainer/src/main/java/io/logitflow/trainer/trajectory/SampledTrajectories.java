package io.logitflow.trainer.trajectory;

/**
 * Trajectories drawn from a policy, with what the draw says of them.
 *
 * @param trajectories N trajectories
 * @param logForward [N] log P_F of the whole trajectory under the policy, exploration or not
 */
public record SampledTrajectories(TrajectoryBatch trajectories, float[] logForward) {}
