package io.logitflow.trainer.training;

import io.logitflow.trainer.config.TrainingConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.objective.TrainingBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.trajectory.Rollout;
import java.util.random.RandomGenerator;

/** Draws trajectories to known objects, backward with P_B, at β fresh from that of training. */
final class BackwardTrajectories {
  private final BetaDistribution betaDistribution;
  private final int groupSize;
  private final Rollout rollout;
  private final int maximumSteps;
  private final StatePolicy policy;

  /**
   * Creates the draw.
   *
   * @param config gives the distribution of β
   * @param groupSize consecutive trajectories that share a β
   * @param environment where trajectories run
   * @param policy says what P_B is
   */
  BackwardTrajectories(
      TrainingConfig config, int groupSize, Environment environment, StatePolicy policy) {
    this.betaDistribution = new BetaDistribution(config.beta(), config.rounds());
    this.groupSize = groupSize;
    this.rollout = new Rollout(environment);
    this.maximumSteps = environment.maximumSteps();
    this.policy = policy;
  }

  /**
   * Draws a trajectory for each object.
   *
   * @param random source of randomness
   * @param round the round, counted from 0
   * @param objects [N]
   * @param logRewards [N] their log rewards
   */
  TrainingBatch draw(RandomGenerator random, long round, ObjectBatch objects, double[] logRewards) {
    int rows = objects.rows();
    float[] betas = betaDistribution.draw(random, round, rows, groupSize);
    float[] uniforms = RandomStreams.uniforms(random, rows * maximumSteps);
    return new TrainingBatch(rollout.backward(objects, policy, betas, uniforms), betas, logRewards);
  }
}
