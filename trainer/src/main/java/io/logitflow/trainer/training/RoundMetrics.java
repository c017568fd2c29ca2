package io.logitflow.trainer.training;

import org.jspecify.annotations.Nullable;

/**
 * What one round of training shows. What a round does not have is absent: replay, a group of
 * parameters, known modes, and in offline rounds fresh objects.
 *
 * @param round the round, 0 the first
 * @param loss mean loss of the round's first step: on fresh trajectories, or on the data set
 * @param replayLoss mean loss of the step on replayed objects
 * @param logPartition learned log Z at the middle of the trained range of β
 * @param modesFound distinct known modes among all objects found so far
 * @param rewardCalls objects that the reward has been asked for so far in training
 * @param meanScore mean score of the objects that the policy sampled
 * @param bestScore greatest score of the objects that the policy sampled
 * @param meanLength mean number of tokens of the objects that the policy sampled
 * @param topMeanScore mean score of the 100 best distinct objects found so far, of all while there
 *     are fewer
 * @param learningRateFactor the schedule's factor on all learning rates
 * @param epsilon probability of a uniform action
 * @param policyGradientNorm L2 norm of the policy's gradient in the first step, before it is
 *     shortened
 * @param tableGradientNorm likewise of the policy's tables
 * @param scaleGradientNorm likewise of the scale networks
 * @param logPartitionGradientNorm likewise of the log-partition network
 * @param stateFlowGradientNorm likewise of the state-flow network
 * @param replaySize objects in the replay buffer
 */
public record RoundMetrics(
    long round,
    double loss,
    @Nullable Double replayLoss,
    double logPartition,
    @Nullable Integer modesFound,
    long rewardCalls,
    @Nullable Double meanScore,
    @Nullable Double bestScore,
    @Nullable Double meanLength,
    @Nullable Double topMeanScore,
    double learningRateFactor,
    @Nullable Double epsilon,
    @Nullable Double policyGradientNorm,
    @Nullable Double tableGradientNorm,
    @Nullable Double scaleGradientNorm,
    @Nullable Double logPartitionGradientNorm,
    @Nullable Double stateFlowGradientNorm,
    @Nullable Integer replaySize) {}
