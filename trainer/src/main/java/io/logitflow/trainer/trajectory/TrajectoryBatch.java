package io.logitflow.trainer.trajectory;

import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;

/**
 * N trajectories from the root to an object, time first. Where a trajectory has ended, its actions
 * are −1.
 *
 * @param rows N
 * @param maximumSteps T
 * @param states [T·N] the state before each step; row t·N + n
 * @param forwardMask [T, N, A] valid forward actions of those states
 * @param actions [T, N] forward actions taken
 * @param backwardActions [T, N] the backward action that undoes each
 * @param objects [N] the objects that they end in
 * @param logBackward [N] log P_B of the whole trajectory under the uniform backward policy
 */
public record TrajectoryBatch(
    int rows,
    int maximumSteps,
    StateBatch states,
    boolean[] forwardMask,
    int[] actions,
    int[] backwardActions,
    ObjectBatch objects,
    float[] logBackward) {}
