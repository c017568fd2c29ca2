package io.logitflow.trainer.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.training.GradientCollector;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.trainer.config.ExplorationConfig;
import io.logitflow.trainer.config.ReplayConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.config.TrainingConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.objective.Objective;
import io.logitflow.trainer.objective.Objectives;
import io.logitflow.trainer.objective.TrainingBatch;
import io.logitflow.trainer.objective.TrajectoryTerms;
import io.logitflow.trainer.policy.BoundParameters;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.ParameterGroup;
import io.logitflow.trainer.policy.TensorEngine;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.training.RandomStreams.Purpose;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Online training, round by round: trajectories drawn with the policy at random β, one step of the
 * optimiser on them, and one on trajectories drawn backward from replayed objects at fresh β (Kim
 * et al. 2024, algorithm 1). Every round's randomness derives from the seed and its number. Not
 * thread-safe.
 */
public final class TrainingLoop implements AutoCloseable {
  private final TrainingConfig config;
  private final Environment environment;
  private final LogReward logReward;
  private final GFlowNet network;
  private final RandomStreams random;
  private final BetaDistribution betaDistribution;
  private final LearningRateSchedule schedule;
  private final Rollout rollout;
  private final Objective objective;
  private final ReplayBuffer replay;
  private final ModeTracker modes;
  private final List<RoundMetrics> metrics = new ArrayList<>();
  private final NDManager manager;
  private final NDArray vector;
  private final NDArray values;
  private final TrainedPolicy policy;
  private final Adam optimiser;
  private long round;
  private long rewardCalls;
  private float[] sampledBetas = {};
  private double[] sampledLogRewards = {};

  /**
   * Creates a run that starts, or goes on from a saved state as if it had not stopped.
   *
   * @param config the whole configuration
   * @param environment the environment
   * @param logReward log rewards of its objects
   * @param modes counts known modes among sampled objects
   * @param saved a snapshot of a run with the same configuration, or null to start at round 0
   */
  public TrainingLoop(
      TrainerConfig config,
      Environment environment,
      LogReward logReward,
      ModeTracker modes,
      @Nullable TrainingState saved) {
    this.config = config.training();
    this.environment = environment;
    this.logReward = logReward;
    this.modes = modes;
    this.network = GFlowNet.of(config, environment);
    this.random = new RandomStreams(config.seed());
    this.betaDistribution =
        new BetaDistribution(config.training().beta(), config.training().rounds());
    this.schedule = new LearningRateSchedule(config.training().rounds(), config.optimiser());
    this.rollout = new Rollout(environment);
    this.manager = TensorEngine.newManager();
    this.objective =
        Objectives.create(
            config.training().objective(), new TrajectoryTerms(network, environment, manager));
    this.replay =
        new ReplayBuffer(
            config.training().replay() instanceof ReplayConfig.Fifo fifo ? fifo.capacity() : 1,
            environment.maximumLength());
    float[] parameters;
    Moments moments;
    if (saved == null) {
      parameters = network.initialParameters(random.of(Purpose.INITIALISATION, 0));
      moments = Moments.zero(parameters.length);
    } else {
      parameters = saved.parameters();
      moments = saved.moments();
      round = saved.round();
      rewardCalls = saved.rewardCalls();
      replay.add(saved.replay().objects(), saved.replay().logRewards());
      modes.restore(saved.modesFound());
      metrics.addAll(saved.metrics());
    }
    this.vector = manager.create(parameters);
    vector.setRequiresGradient(true);
    // The same memory without the gradient's bookkeeping, for sampling and in-place updates.
    this.values = vector.stopGradient();
    this.policy = new TrainedPolicy(network, environment, values);
    this.optimiser = new Adam(manager, network.layout(), config.optimiser(), moments);
  }

  /** Returns the number of rounds done. */
  public long round() {
    return round;
  }

  /** Returns how many objects have been scored. */
  public long rewardCalls() {
    return rewardCalls;
  }

  /** Returns whether all rounds are done. */
  public boolean finished() {
    return round >= config.rounds();
  }

  /** Returns the policy as it is now; it follows the training. */
  public TrainedPolicy policy() {
    return policy;
  }

  /**
   * Trains one round.
   *
   * @return what the round shows
   * @throws LogitFlowException if loss or gradient are not finite, or a reward cannot be had; the
   *     parameters are then not to be trusted
   */
  public RoundMetrics runRound() {
    RandomGenerator generator = random.of(Purpose.ROUND, round);
    int rows = config.batch();
    int draws = rows * environment.maximumSteps();
    double factor = schedule.factor(round);

    float[] betas = betaDistribution.draw(generator, round, rows, objective.groupSize());
    Exploration exploration =
        new Exploration(
            ((ExplorationConfig.Constant) config.exploration().epsilon()).value(),
            RandomStreams.uniforms(generator, draws));
    TrajectoryBatch trajectories =
        rollout
            .sample(policy, betas, RandomStreams.uniforms(generator, draws), exploration)
            .trajectories();
    ObjectBatch objects = trajectories.objects();
    double[] logRewards = logReward.of(objects);
    rewardCalls += rows;
    modes.observe(objects);
    sampledBetas = betas;
    sampledLogRewards = logRewards;
    double loss = step(trajectories, betas, logRewards, factor);

    double replayLoss = 0;
    if (config.replay() instanceof ReplayConfig.Fifo) {
      replay.add(objects, logRewards);
      ReplayedObjects replayed = replay.draw(generator, rows);
      float[] freshBetas = betaDistribution.draw(generator, round, rows, objective.groupSize());
      TrajectoryBatch backward =
          rollout.backward(
              replayed.objects(), policy, freshBetas, RandomStreams.uniforms(generator, draws));
      replayLoss = step(backward, freshBetas, replayed.logRewards(), factor);
    }

    float middle = (config.lowestBeta() + config.highestBeta()) / 2;
    float logPartition = policy.logPartition(new float[] {middle})[0];
    RoundMetrics shown =
        new RoundMetrics(round, loss, replayLoss, logPartition, modes.foundCount(), rewardCalls);
    round++;
    if (round % config.metricsInterval() == 0 || finished()) {
      metrics.add(shown);
    }
    return shown;
  }

  private double step(
      TrajectoryBatch trajectories, float[] betas, double[] logRewards, double factor) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      double value;
      try (GradientCollector collector = TensorEngine.engine().newGradientCollector()) {
        NDArray loss =
            objective
                .losses(
                    new BoundParameters(network.layout(), vector),
                    new TrainingBatch(trajectories, betas, logRewards))
                .mean();
        value = loss.getFloat();
        if (!Double.isFinite(value)) {
          throw new LogitFlowException(
              Category.FAILED,
              "training: found a loss of "
                  + value
                  + " in round "
                  + round
                  + ", expected a finite one; a lower learning rate may help");
        }
        collector.backward(loss);
      }
      NDArray gradient = vector.getGradient();
      optimiser.step(values, gradient, factor);
      gradient.subi(gradient); // PyTorch adds to gradients until they are zeroed.
      return value;
    }
  }

  /** Returns the metrics recorded so far, the oldest first; a view that grows. */
  public List<RoundMetrics> metrics() {
    return Collections.unmodifiableList(metrics);
  }

  /**
   * Returns the numbers whose distributions show how training goes, by their names: β and log R of
   * the objects sampled in the last round, and the parameters of each group.
   */
  public Map<String, double[]> distributions() {
    Map<String, double[]> distributions = new LinkedHashMap<>();
    distributions.put("sampled/beta", doubles(sampledBetas, 0, sampledBetas.length));
    distributions.put("sampled/log_reward", sampledLogRewards);
    float[] parameters = values.toFloatArray();
    for (ParameterGroup group : ParameterGroup.values()) {
      double[] ofGroup =
          network.layout().blocks().stream()
              .filter(block -> block.group() == group)
              .flatMapToDouble(
                  block -> Arrays.stream(doubles(parameters, block.offset(), block.size())))
              .toArray();
      distributions.put("parameters/" + group.name().toLowerCase(Locale.ROOT), ofGroup);
    }
    return distributions;
  }

  private static double[] doubles(float[] values, int offset, int size) {
    return IntStream.range(offset, offset + size).mapToDouble(i -> values[i]).toArray();
  }

  /**
   * Returns a copy of all that the run needs to go on.
   *
   * @throws LogitFlowException if a parameter is not finite: such a state is worth nothing
   */
  public TrainingState snapshot() {
    float[] parameters = values.toFloatArray();
    for (float parameter : parameters) {
      if (!Float.isFinite(parameter)) {
        throw new LogitFlowException(
            Category.FAILED,
            "training: found a parameter of "
                + parameter
                + " after round "
                + round
                + ", expected finite ones; a lower learning rate may help");
      }
    }
    return new TrainingState(
        round,
        parameters,
        optimiser.moments(),
        replay.contents(),
        modes.found(),
        rewardCalls,
        List.copyOf(metrics));
  }

  /** Frees the tensors. */
  @Override
  public void close() {
    policy.close();
    manager.close();
  }
}
