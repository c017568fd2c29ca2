package io.logitflow.trainer.training;

import io.logitflow.trainer.reward.LogRewardTransform;
import io.logitflow.trainer.reward.ScoredObjects;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws trajectories to objects of a data set; the reward is not asked.
 *
 * @param dataset the data set
 * @param rows trajectories of a batch
 * @param backward draws trajectories to objects
 * @param transform from a score to a log reward
 */
record OfflineTrajectories(
    OfflineDataset dataset, int rows, BackwardTrajectories backward, LogRewardTransform transform)
    implements TrajectorySource {
  @Override
  public Draw draw(RandomGenerator random, long round) {
    ScoredObjects drawn = dataset.draw(random, rows);
    double[] logRewards = transform.logRewards(drawn.scores());
    return new Draw(backward.draw(random, round, drawn.objects(), logRewards), List.of());
  }
}
