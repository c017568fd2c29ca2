package io.logitflow.trainer.training;

import io.logitflow.trainer.config.LocalSearchConfig;
import io.logitflow.trainer.config.LocalSearchConfig.Acceptance;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.reward.LogRewardTransform;
import io.logitflow.trainer.reward.ScoreLedger;
import io.logitflow.trainer.reward.ScoredObjects;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.SampledTrajectories;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import io.logitflow.trainer.trajectory.TrajectoryLogProbability;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Local search around objects (Kim et al. 2024, "Local Search GFlowNets"): some steps back with P_B
 * to a state s, forward again with P_F to a candidate x', and a test that takes x' for the object x
 * or keeps x.
 *
 * <p>Of Metropolis and Hastings, at the object's β: x' is taken with probability min(1, R(x')^β
 * P_B(x' to s) P_F(s to x) / (R(x)^β P_B(x to s) P_F(s to x'))), along the paths that were walked.
 * The way back from x' must be one that the search could have walked, as many steps as it takes
 * from x': a candidate of which that is not so is not taken. The target R(x)^β is then stationary.
 */
final class LocalSearch {
  private final LocalSearchConfig config;
  private final Environment environment;
  private final Rollout rollout;
  private final StatePolicy policy;
  private final ScoreLedger ledger;
  private final LogRewardTransform transform;

  /**
   * Creates the search.
   *
   * @param config how often, how far, and the test
   * @param environment where trajectories run
   * @param policy gives P_B and P_F
   * @param ledger scores candidates
   * @param transform from a score to a log reward
   */
  LocalSearch(
      LocalSearchConfig config,
      Environment environment,
      StatePolicy policy,
      ScoreLedger ledger,
      LogRewardTransform transform) {
    this.config = config;
    this.environment = environment;
    this.rollout = new Rollout(environment);
    this.policy = policy;
    this.ledger = ledger;
    this.transform = transform;
  }

  /**
   * Improves objects.
   *
   * @param random source of randomness
   * @param betas [N] inverse temperatures, one an object
   * @param start N objects; left as they are
   * @param candidates takes the candidates of each iteration, taken or not
   * @return the N objects that the search ends with
   */
  ScoredObjects improve(
      RandomGenerator random,
      float[] betas,
      ScoredObjects start,
      Consumer<ScoredObjects> candidates) {
    int draws = betas.length * environment.maximumSteps();
    ScoredObjects current = start;
    for (int iteration = 0; iteration < config.iterations(); iteration++) {
      TrajectoryBatch back =
          rollout.backward(
              current.objects(),
              config.steps(),
              policy,
              betas,
              RandomStreams.uniforms(random, draws));
      StateBatch between = back.statesAt(0);
      SampledTrajectories forth =
          rollout.sampleFrom(
              between, policy, betas, RandomStreams.uniforms(random, draws), Exploration.NONE);
      ObjectBatch objects = forth.trajectories().objects();
      ScoredObjects proposed = new ScoredObjects(objects, ledger.scores(objects));
      candidates.accept(proposed);
      boolean[] accepted =
          config.acceptance() == Acceptance.GREEDY
              ? better(current, proposed)
              : byMetropolisHastings(
                  random, betas, new Proposal(current, back, between, forth, proposed));
      current = choose(current, proposed, accepted);
    }
    return current;
  }

  private boolean[] better(ScoredObjects current, ScoredObjects proposed) {
    boolean[] accepted = new boolean[current.scores().length];
    for (int row = 0; row < accepted.length; row++) {
      accepted[row] =
          transform.logReward(proposed.scores()[row]) > transform.logReward(current.scores()[row]);
    }
    return accepted;
  }

  private boolean[] byMetropolisHastings(RandomGenerator random, float[] betas, Proposal proposal) {
    TrajectoryBatch back = proposal.back();
    TrajectoryBatch forth = proposal.forth().trajectories();
    double[] backThere = TrajectoryLogProbability.backward(policy, betas, back);
    double[] forthHere = TrajectoryLogProbability.forward(policy, betas, back);
    double[] backHere = TrajectoryLogProbability.backward(policy, betas, forth);
    float[] forthThere = proposal.forth().logForward();
    int[] ends = environment.terminals(forth.objects()).steps();
    int[] starts = proposal.between().steps();
    boolean[] accepted = new boolean[betas.length];
    for (int row = 0; row < accepted.length; row++) {
      double logTargets =
          betas[row]
              * (transform.logReward(proposal.proposed().scores()[row])
                  - transform.logReward(proposal.current().scores()[row]));
      double logRatio =
          logTargets + backHere[row] + forthHere[row] - backThere[row] - forthThere[row];
      boolean reversible = starts[row] == Math.max(0, ends[row] - config.steps());
      double uniform = random.nextDouble();
      accepted[row] = reversible && uniform < Math.exp(logRatio);
    }
    return accepted;
  }

  private static ScoredObjects choose(
      ScoredObjects current, ScoredObjects proposed, boolean[] accepted) {
    int width = current.objects().width();
    int[] tokens = current.objects().tokens().clone();
    int[] lengths = current.objects().lengths().clone();
    double[] scores = current.scores().clone();
    for (int row = 0; row < accepted.length; row++) {
      if (accepted[row]) {
        System.arraycopy(proposed.objects().tokens(), row * width, tokens, row * width, width);
        lengths[row] = proposed.objects().lengths()[row];
        scores[row] = proposed.scores()[row];
      }
    }
    return new ScoredObjects(new ObjectBatch(lengths.length, width, tokens, lengths), scores);
  }

  /** One iteration: from the current objects back to the states between, and forth. */
  private record Proposal(
      ScoredObjects current,
      TrajectoryBatch back,
      StateBatch between,
      SampledTrajectories forth,
      ScoredObjects proposed) {}
}
