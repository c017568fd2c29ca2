package io.logitflow.trainer.training;

import ai.djl.ndarray.NDManager;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.objective.Objective;
import io.logitflow.trainer.objective.Objectives;
import io.logitflow.trainer.objective.TrajectoryTerms;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.TensorEngine;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.reward.ScoreLedger;
import io.logitflow.trainer.training.RandomStreams.Purpose;
import io.logitflow.trainer.trajectory.TrajectoryBatch;

/**
 * A run's rounds without replay or history, for a clock that tells their parts apart: fresh
 * trajectories and a step on them, at a learning rate of 0, so that every round sees the policy as
 * it was initialised. Not thread-safe.
 */
public final class TimedRounds implements AutoCloseable {
  private final RandomStreams random;
  private final NDManager manager;
  private final GradientStep step;
  private final TrainedPolicy policy;
  private final FreshTrajectories fresh;
  private final StepClock clock;
  private long round;

  /**
   * Initialises a policy.
   *
   * @param config a configuration that trains online
   * @param environment its environment
   * @param logReward its log rewards
   * @param sharesStates whether equal states of a batch are computed once where that is possible
   * @param clock is told when the parts of a round end
   */
  public TimedRounds(
      TrainerConfig config,
      Environment environment,
      LogReward logReward,
      boolean sharesStates,
      StepClock clock) {
    this.random = new RandomStreams(config.seed());
    this.clock = clock;
    this.manager = TensorEngine.newManager();
    GFlowNet network = GFlowNet.of(config, environment);
    int width = environment.maximumLength();
    Objective objective =
        Objectives.create(
            config.training().objective(),
            new TrajectoryTerms(network, environment, manager, sharesStates));
    float[] parameters = TrainingLoop.initialParameters(config.seed(), network);
    TrainingState start = TrainingState.start(parameters, width);
    this.step = new GradientStep(manager, network, objective, config.optimiser(), start);
    this.policy = new TrainedPolicy(network, environment, step.values(), sharesStates);
    ScoreLedger ledger = new ScoreLedger(logReward, width, config.reward().cacheCapacity());
    this.fresh =
        new FreshTrajectories(
            config.training(),
            objective.groupSize(),
            environment,
            policy,
            ledger,
            logReward.transform());
  }

  /**
   * Runs a round.
   *
   * @return the trajectories that it drew
   */
  public TrajectoryBatch run() {
    TrajectorySource.Draw draw = fresh.draw(random.of(Purpose.ROUND, round), round);
    clock.ended(StepPart.SAMPLING);
    step.take(draw.batch(), 0, round, clock);
    round++;
    return draw.batch().trajectories();
  }

  /** Returns a copy of the parameters, [P]. */
  float[] parameters() {
    return step.parameters();
  }

  /** Frees the tensors. */
  @Override
  public void close() {
    policy.close();
    step.close();
    manager.close();
  }
}
