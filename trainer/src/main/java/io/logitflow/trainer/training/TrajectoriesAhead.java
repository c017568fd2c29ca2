package io.logitflow.trainer.training;

import io.logitflow.trainer.config.TrainingConfig;
import io.logitflow.trainer.objective.TrainingBatch;
import io.logitflow.trainer.reward.AwaitedScores;
import io.logitflow.trainer.reward.LogRewardTransform;
import io.logitflow.trainer.reward.ScoreQueue;
import io.logitflow.trainer.reward.ScoredObjects;
import io.logitflow.trainer.training.RandomStreams.Purpose;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws fresh trajectories ahead of the round that learns from them, by a fixed number of rounds,
 * so that the reward is asked for their objects while the rounds between learn. What a round gets
 * does not depend on how fast the reward answers, and each batch's randomness derives from the
 * number of its round.
 */
final class TrajectoriesAhead implements TrajectorySource, AutoCloseable {
  private final FreshTrajectories fresh;
  private final RandomStreams random;
  private final int lag;
  private final int rounds;
  private final LogRewardTransform transform;
  private final ScoreQueue scores;

  /** What was drawn for the rounds to come, the next one first; the queue holds their objects. */
  private final Deque<FreshTrajectories.Sample> drawn = new ArrayDeque<>();

  /**
   * Creates the draw.
   *
   * @param fresh draws trajectories
   * @param config says how far ahead, and which round is the last
   * @param random derives the randomness of a batch
   * @param scores an empty queue, which is closed with this
   * @param transform from a score to a log reward
   */
  TrajectoriesAhead(
      FreshTrajectories fresh,
      TrainingConfig config,
      RandomStreams random,
      ScoreQueue scores,
      LogRewardTransform transform) {
    this.fresh = fresh;
    this.random = random;
    this.lag = config.rewardLag();
    this.rounds = config.rounds();
    this.scores = scores;
    this.transform = transform;
  }

  /**
   * Takes up what was drawn before, but for rounds behind the last.
   *
   * @param saved batches of a snapshot
   * @param round the round of the first of them
   */
  void restore(List<BatchAhead> saved, long round) {
    for (BatchAhead batch : saved.subList(0, (int) Math.min(saved.size(), rounds - round))) {
      TrajectoryBatch trajectories = fresh.along(batch.actions(), batch.betas().length);
      drawn.add(new FreshTrajectories.Sample(trajectories, batch.betas()));
      scores.restore(new AwaitedScores(trajectories.objects(), batch.scores(), batch.asked()));
    }
  }

  /**
   * Draws what is still to be drawn of this round and those that follow it, as many as the lag, and
   * waits for the scores of this one.
   *
   * @param unused nothing is drawn with it
   * @param round the round, counted from 0
   */
  @Override
  public Draw draw(RandomGenerator unused, long round) {
    while (drawn.size() <= lag && round + drawn.size() < rounds) {
      long ahead = round + drawn.size();
      FreshTrajectories.Sample sample = fresh.sample(random.of(Purpose.AHEAD, ahead), ahead);
      scores.add(sample.trajectories().objects());
      drawn.add(sample);
    }
    double[] due = scores.take();
    FreshTrajectories.Sample sample = drawn.remove();
    ScoredObjects found = new ScoredObjects(sample.trajectories().objects(), due);
    return new Draw(
        new TrainingBatch(sample.trajectories(), sample.betas(), transform.logRewards(due)),
        List.of(found));
  }

  /** Waits for scores that are on their way, so long at most. */
  void settle(Duration patience) {
    scores.settle(patience);
  }

  /** Returns copies of the batches for the rounds to come, the next one first. */
  List<BatchAhead> snapshot() {
    List<AwaitedScores> awaited = scores.snapshot();
    List<BatchAhead> batches = new ArrayList<>();
    for (FreshTrajectories.Sample sample : drawn) {
      AwaitedScores of = awaited.get(batches.size());
      batches.add(
          new BatchAhead(
              sample.betas().clone(),
              sample.trajectories().actions().clone(),
              of.scores(),
              of.asked()));
    }
    return batches;
  }

  /** Calls off what the reward has not answered. */
  @Override
  public void close() {
    scores.close();
  }
}
