package io.logitflow.trainer.training;

import io.logitflow.trainer.objective.TrainingBatch;
import io.logitflow.trainer.reward.ScoredObjects;
import java.util.List;
import java.util.random.RandomGenerator;

/** Where the trajectories of a round's first step come from. */
interface TrajectorySource {
  /**
   * Draws a batch.
   *
   * @param random source of randomness
   * @param round the round, counted from 0
   */
  Draw draw(RandomGenerator random, long round);

  /**
   * A drawn batch.
   *
   * @param batch what is trained on
   * @param found objects that the reward was asked for: first those that the policy sampled, one
   *     for each trajectory of the batch, then those of local search; none where nobody was asked
   */
  record Draw(TrainingBatch batch, List<ScoredObjects> found) {}
}
