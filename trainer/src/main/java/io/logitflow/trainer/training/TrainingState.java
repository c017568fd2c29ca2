package io.logitflow.trainer.training;

import io.logitflow.trainer.reward.ScoredObjects;
import java.util.List;
import java.util.Optional;

/**
 * All that a run needs to go on as if it had not stopped.
 *
 * @param round rounds done
 * @param parameters [P]
 * @param average [P] moving average of the parameters, where one is kept
 * @param moments the optimiser's memory
 * @param replay what the replay buffer holds
 * @param best the best objects found, the best first
 * @param modesFound modes seen, as bits by their position in the list
 * @param rewardCalls objects that the reward has been asked for in training
 * @param paidScores scores kept so as not to be asked for again, the oldest first
 * @param ahead batches drawn for the rounds to come, the next one first
 * @param metrics metrics recorded so far
 */
public record TrainingState(
    long round,
    float[] parameters,
    Optional<float[]> average,
    Moments moments,
    ReplayContents replay,
    ScoredObjects best,
    long[] modesFound,
    long rewardCalls,
    ScoredObjects paidScores,
    List<BatchAhead> ahead,
    List<RoundMetrics> metrics) {
  /**
   * Returns the state of a run that has done nothing.
   *
   * @param parameters [P] where it starts
   * @param width S, the largest number of tokens of an object
   */
  public static TrainingState start(float[] parameters, int width) {
    return new TrainingState(
        0,
        parameters,
        Optional.empty(),
        Moments.zero(parameters.length),
        ReplayContents.empty(width),
        ScoredObjects.none(width),
        new long[0],
        0,
        ScoredObjects.none(width),
        List.of(),
        List.of());
  }
}
