package io.logitflow.trainer.training;

/**
 * A batch of fresh trajectories whose round is still to come, as it is saved: N trajectories of up
 * to T steps.
 *
 * @param betas [N] inverse temperatures at which they were drawn
 * @param actions [T, N] forward actions, −1 where there is no step
 * @param scores [N] scores of their objects, NaN where the reward has not answered yet
 * @param asked [N] whether the reward is asked for the object for this batch, and not for an
 *     earlier one
 */
public record BatchAhead(float[] betas, int[] actions, double[] scores, boolean[] asked) {}
