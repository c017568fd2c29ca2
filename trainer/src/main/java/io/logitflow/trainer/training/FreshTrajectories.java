package io.logitflow.trainer.training;

import io.logitflow.trainer.config.TrainingConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.objective.TrainingBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.reward.LogRewardTransform;
import io.logitflow.trainer.reward.ScoreLedger;
import io.logitflow.trainer.reward.ScoredObjects;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Draws trajectories with the policy at the β of exploration, at which they are trained too, and
 * where the config says so improves their objects by local search.
 */
final class FreshTrajectories implements TrajectorySource {
  private final int rows;
  private final int groupSize;
  private final BetaDistribution betaDistribution;
  private final EpsilonSchedule epsilon;
  private final Rollout rollout;
  private final int maximumSteps;
  private final StatePolicy policy;
  private final ScoreLedger ledger;
  private final LogRewardTransform transform;
  private final @Nullable LocalSearch localSearch;

  /**
   * Creates the draw.
   *
   * @param config says how to explore
   * @param groupSize consecutive trajectories that share a β
   * @param environment where trajectories run
   * @param policy the policy
   * @param ledger scores objects
   * @param transform from a score to a log reward
   */
  FreshTrajectories(
      TrainingConfig config,
      int groupSize,
      Environment environment,
      StatePolicy policy,
      ScoreLedger ledger,
      LogRewardTransform transform) {
    this.rows = config.batch();
    this.groupSize = groupSize;
    this.betaDistribution = new BetaDistribution(config.explorationBeta(), config.rounds());
    this.epsilon = new EpsilonSchedule(config.exploration().epsilon());
    this.rollout = new Rollout(environment);
    this.maximumSteps = environment.maximumSteps();
    this.policy = policy;
    this.ledger = ledger;
    this.transform = transform;
    this.localSearch =
        config.localSearch() == null
            ? null
            : new LocalSearch(config.localSearch(), environment, policy, ledger, transform);
  }

  /** Returns the probability of a uniform action in a round. */
  double epsilon(long round) {
    return epsilon.value(round);
  }

  /**
   * Trajectories that nobody has scored.
   *
   * @param trajectories N of them
   * @param betas [N] inverse temperatures at which they were drawn
   */
  record Sample(TrajectoryBatch trajectories, float[] betas) {}

  /**
   * Draws trajectories with the policy, without local search.
   *
   * @param random source of randomness
   * @param round the round, counted from 0
   */
  Sample sample(RandomGenerator random, long round) {
    int draws = rows * maximumSteps;
    float[] betas = betaDistribution.draw(random, round, rows, groupSize);
    Exploration exploration =
        new Exploration(epsilon.value(round), RandomStreams.uniforms(random, draws));
    TrajectoryBatch trajectories =
        rollout
            .sample(policy, betas, RandomStreams.uniforms(random, draws), exploration)
            .trajectories();
    return new Sample(trajectories, betas);
  }

  /** Returns the trajectories that actions lead along, [T, N]. */
  TrajectoryBatch along(int[] actions, int count) {
    return rollout.along(actions, count);
  }

  @Override
  public Draw draw(RandomGenerator random, long round) {
    Sample sample = sample(random, round);
    TrajectoryBatch trajectories = sample.trajectories();
    float[] betas = sample.betas();
    ObjectBatch objects = trajectories.objects();
    ScoredObjects sampled = new ScoredObjects(objects, ledger.scores(objects));
    if (localSearch == null) {
      double[] logRewards = transform.logRewards(sampled.scores());
      return new Draw(new TrainingBatch(trajectories, betas, logRewards), List.of(sampled));
    }
    List<ScoredObjects> found = new ArrayList<>(List.of(sampled));
    ScoredObjects improved = localSearch.improve(random, betas, sampled, found::add);
    float[] uniforms = RandomStreams.uniforms(random, rows * maximumSteps);
    TrajectoryBatch backward = rollout.backward(improved.objects(), policy, betas, uniforms);
    double[] logRewards = transform.logRewards(improved.scores());
    return new Draw(new TrainingBatch(backward, betas, logRewards), found);
  }
}
