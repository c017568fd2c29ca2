package io.logitflow.trainer.training;

import ai.djl.ndarray.NDManager;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.trainer.config.ReplayConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.config.TrainingConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.objective.Objective;
import io.logitflow.trainer.objective.Objectives;
import io.logitflow.trainer.objective.TrainingBatch;
import io.logitflow.trainer.objective.TrajectoryTerms;
import io.logitflow.trainer.policy.ComputeDevice;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.ParameterGroup;
import io.logitflow.trainer.policy.TensorEngine;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.reward.EvaluationScores;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.reward.LogRewardTransform;
import io.logitflow.trainer.reward.ScoreLedger;
import io.logitflow.trainer.reward.ScoreQueue;
import io.logitflow.trainer.reward.ScoredObjects;
import io.logitflow.trainer.training.RandomStreams.Purpose;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Training, round by round: in an online one a step of the optimiser on trajectories drawn with the
 * policy, and with replay one on trajectories drawn backward from replayed objects at fresh β (Kim
 * et al. 2024, algorithm 1); in an offline one a step on trajectories to objects of a data set.
 * Every round's randomness derives from the seed and its number. Not thread-safe.
 */
public final class TrainingLoop implements AutoCloseable {
  private final TrainingConfig config;
  private final RandomStreams random;
  private final LearningRateSchedule schedule;
  private final LogRewardTransform transform;
  private final ScoreLedger ledger;
  private final NDManager manager;
  private final GradientStep step;
  private final TrainedPolicy policy;
  private final FreshTrajectories fresh;
  private final @Nullable TrajectoriesAhead ahead;
  private final TrajectorySource online;
  private final BackwardTrajectories backward;
  private final @Nullable OfflineTrajectories offline;
  private final int offlineRounds;
  private final @Nullable ReplayBuffer replay;
  private final RunHistory history;
  private long round;

  /** Whether a round has begun to change parameters, replay or history, and has not ended. */
  private boolean amidRound;

  private @Nullable Outcome last;

  /** What a round has done. */
  private record Outcome(
      TrajectorySource.Draw draw, GradientStep.Outcome step, @Nullable Double replayLoss) {}

  /**
   * Creates a run that starts, or goes on from a saved state as if it had not stopped.
   *
   * @param device where tensors live, one that the engine has
   * @param config the whole configuration
   * @param environment the environment
   * @param logReward log rewards of its objects
   * @param modes counts known modes among found objects
   * @param dataset the data set of {@code training.offline}, or null where the config has none
   * @param saved a snapshot of a run with the same configuration, or null to start at round 0
   */
  public TrainingLoop(
      ComputeDevice device,
      TrainerConfig config,
      Environment environment,
      LogReward logReward,
      ModeTracker modes,
      @Nullable OfflineDataset dataset,
      @Nullable TrainingState saved) {
    this.config = config.training();
    this.random = new RandomStreams(config.seed());
    this.schedule = new LearningRateSchedule(config.training().rounds(), config.optimiser());
    this.transform = logReward.transform();
    GFlowNet network = GFlowNet.of(config, environment);
    int width = environment.maximumLength();
    TrainingState start =
        saved == null
            ? TrainingState.start(initialParameters(config.seed(), network), width)
            : saved;
    this.manager = TensorEngine.newManager(device);
    Objective objective =
        Objectives.create(
            config.training().objective(), new TrajectoryTerms(network, environment, manager));
    this.step = new GradientStep(manager, network, objective, config.optimiser(), start);
    this.policy = new TrainedPolicy(network, environment, step.values());
    this.ledger = new ScoreLedger(logReward, width, config.reward().cacheCapacity());
    int group = objective.groupSize();
    this.fresh = new FreshTrajectories(this.config, group, environment, policy, ledger, transform);
    int lag = this.config.rewardLag();
    this.ahead =
        lag == 0
            ? null
            : new TrajectoriesAhead(
                fresh, this.config, random, new ScoreQueue(ledger, lag + 1), transform);
    this.online = ahead == null ? fresh : ahead;
    this.backward = new BackwardTrajectories(this.config, group, environment, policy);
    this.offline =
        dataset == null
            ? null
            : new OfflineTrajectories(dataset, this.config.batch(), backward, transform);
    this.offlineRounds = this.config.offline() == null ? 0 : this.config.offline().rounds();
    this.replay =
        this.config.replay() instanceof ReplayConfig.Buffered buffered
            ? new ReplayBuffer(buffered.capacity(), width, DrawRule.of(buffered))
            : null;
    ledger.restore(start.paidScores(), start.rewardCalls());
    if (ahead != null) {
      ahead.restore(start.ahead(), start.round());
    }
    if (replay != null) {
      replay.restore(start.replay());
    }
    this.history = new RunHistory(modes, start);
    this.round = start.round();
  }

  /**
   * Draws the parameters that a run starts from.
   *
   * @param seed the run's seed
   * @param network its networks
   * @return [P]
   */
  public static float[] initialParameters(long seed, GFlowNet network) {
    return network.initialParameters(new RandomStreams(seed).of(Purpose.INITIALISATION, 0));
  }

  /** Returns the number of rounds done. */
  public long round() {
    return round;
  }

  /** Returns how many objects the reward has been asked for in training. */
  public long rewardCalls() {
    return ledger.calls();
  }

  /** Returns scores for evaluations of this run, which know all that its ledger keeps. */
  public EvaluationScores evaluationScores() {
    return new EvaluationScores(ledger);
  }

  /** Returns whether all rounds are done. */
  public boolean finished() {
    return round >= config.rounds();
  }

  /**
   * Returns whether the state is that behind the last round, with the scores that have been paid
   * for since: not so where a round has failed behind its draw.
   */
  public boolean betweenRounds() {
    return !amidRound;
  }

  /** Returns the policy as it is now; it follows the training. */
  public TrainedPolicy policy() {
    return policy;
  }

  /** Returns the metrics recorded so far, the oldest first. */
  public List<RoundMetrics> metrics() {
    return history.metrics();
  }

  /**
   * Adds somebody who looks at the rounds whose metrics are recorded.
   *
   * @param observer called in the thread that trains
   */
  public void addObserver(RoundObserver observer) {
    history.add(observer);
  }

  /**
   * Trains one round.
   *
   * @throws LogitFlowException if loss, gradient or parameters are not finite, or a reward cannot
   *     be had; the loop is then of no more use, but for a snapshot where it is {@link
   *     #betweenRounds}
   */
  public void runRound() {
    RandomGenerator generator = random.of(Purpose.ROUND, round);
    double factor = schedule.factor(round);
    TrajectorySource source = offline != null && round < offlineRounds ? offline : online;
    TrajectorySource.Draw draw = source.draw(generator, round);
    amidRound = true;
    history.found(draw.found());
    GradientStep.Outcome outcome = step.take(draw.batch(), factor, round);
    Double replayLoss =
        replay != null && source == online
            ? replay(replay, generator, draw, outcome.losses())
            : null;
    last = new Outcome(draw, outcome, replayLoss);
    round++;
    RoundMetrics shown = round % config.metricsInterval() == 0 || finished() ? lastRound() : null;
    amidRound = false;
    if (shown != null) {
      history.record(shown, draw, outcome.losses());
    }
  }

  private double replay(
      ReplayBuffer buffer, RandomGenerator generator, TrajectorySource.Draw draw, float[] losses) {
    for (ScoredObjects found : draw.found()) {
      buffer.add(found.objects(), transform.logRewards(found.scores()));
    }
    buffer.trained(draw.batch().trajectories().objects(), losses);
    ReplayedObjects replayed = buffer.draw(generator, config.batch());
    TrainingBatch batch =
        backward.draw(generator, round, replayed.objects(), replayed.logRewards());
    GradientStep.Outcome outcome = step.take(batch, schedule.factor(round), round);
    buffer.trained(replayed.objects(), outcome.losses());
    return outcome.loss();
  }

  /**
   * Returns what the last round has shown; computed anew, and only before the next one.
   *
   * @throws IllegalStateException if this loop has run no round
   * @throws LogitFlowException if log Z is not finite
   */
  public RoundMetrics lastRound() {
    if (last == null) {
      throw new IllegalStateException("no round has been run");
    }
    TrajectorySource.Draw draw = last.draw();
    boolean isFresh = !draw.found().isEmpty();
    ScoredObjects sampled = isFresh ? draw.found().get(0) : ScoredObjects.none(1);
    OptionalDouble top = history.best().mean();
    Map<ParameterGroup, Double> norms = last.step().gradientNorms();
    return new RoundMetrics(
        round - 1,
        last.step().loss(),
        last.replayLoss(),
        logPartition(),
        history.modes().totalCount() == 0 ? null : history.modes().foundCount(),
        ledger.calls(),
        orNull(Arrays.stream(sampled.scores()).average()),
        orNull(Arrays.stream(sampled.scores()).max()),
        orNull(Arrays.stream(sampled.objects().lengths()).average()),
        orNull(top),
        schedule.factor(round - 1),
        isFresh ? fresh.epsilon(round - 1) : null,
        norms.get(ParameterGroup.POLICY),
        norms.get(ParameterGroup.TABLE),
        norms.get(ParameterGroup.SCALE),
        norms.get(ParameterGroup.LOG_PARTITION),
        norms.get(ParameterGroup.STATE_FLOW),
        replay == null ? null : replay.size());
  }

  private double logPartition() {
    float middle = (config.lowestBeta() + config.highestBeta()) / 2;
    double logPartition = policy.logPartition(new float[] {middle})[0];
    if (!Double.isFinite(logPartition)) {
      throw new LogitFlowException(
          Category.FAILED,
          "training: found log Z of "
              + logPartition
              + " after a step in round "
              + (round - 1)
              + ", expected a finite one; a lower "
              + Adam.learningRateKey(ParameterGroup.LOG_PARTITION)
              + " may help");
    }
    return logPartition;
  }

  private static @Nullable Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  /** Returns copies of the parameters of each group that has any. */
  public Map<ParameterGroup, float[]> parametersByGroup() {
    return step.parametersByGroup();
  }

  /**
   * Waits for scores that are on their way for the rounds to come, for a snapshot to have them; a
   * failure is told of in the round that needs them.
   *
   * @param patience how long at most
   */
  public void settle(Duration patience) {
    if (ahead != null) {
      ahead.settle(patience);
    }
  }

  /**
   * Returns a copy of all that the run needs to go on.
   *
   * @throws IllegalStateException if a round has failed behind its draw: such a state is worth
   *     nothing
   */
  public TrainingState snapshot() {
    if (amidRound) {
      throw new IllegalStateException("round " + round + " has failed amid its steps");
    }
    ScoredObjects best = history.best().contents();
    return new TrainingState(
        round,
        step.parameters(),
        step.average(),
        step.moments(),
        replay == null ? ReplayContents.empty(best.objects().width()) : replay.contents(),
        best,
        history.modes().found(),
        ledger.calls(),
        ledger.snapshot(),
        ahead == null ? List.of() : ahead.snapshot(),
        history.metrics());
  }

  /** Calls off what the reward is asked for ahead, and frees the tensors. */
  @Override
  public void close() {
    if (ahead != null) {
      ahead.close();
    }
    policy.close();
    step.close();
    manager.close();
  }
}
