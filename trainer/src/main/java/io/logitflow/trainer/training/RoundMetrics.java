package io.logitflow.trainer.training;

/**
 * What one round of training shows.
 *
 * @param round the round, 0 the first
 * @param loss loss on fresh trajectories
 * @param replayLoss loss on replayed objects; absent as 0 where replay is off
 * @param logPartition learned log Z at the middle of the trained range of β
 * @param modesFound distinct known modes among all objects sampled so far
 * @param rewardCalls objects scored so far
 */
public record RoundMetrics(
    long round,
    double loss,
    double replayLoss,
    double logPartition,
    int modesFound,
    long rewardCalls) {}
