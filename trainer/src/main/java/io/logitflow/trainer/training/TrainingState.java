package io.logitflow.trainer.training;

import java.util.List;

/**
 * All that a run needs to go on as if it had not stopped.
 *
 * @param round rounds done
 * @param parameters [P]
 * @param moments the optimiser's memory
 * @param replay the replay buffer's objects, the oldest first
 * @param modesFound modes seen, as bits by their position in the list
 * @param rewardCalls objects scored
 * @param metrics metrics recorded so far
 */
public record TrainingState(
    long round,
    float[] parameters,
    Moments moments,
    ReplayedObjects replay,
    long[] modesFound,
    long rewardCalls,
    List<RoundMetrics> metrics) {}
