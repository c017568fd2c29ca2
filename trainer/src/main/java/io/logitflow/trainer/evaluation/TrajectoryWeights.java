package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.training.RandomStreams;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import io.logitflow.trainer.trajectory.TrajectoryLogProbability;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Trajectories drawn backward from objects with P_B, by the weight log P_F(τ) − log P_B(τ | x). Its
 * exponential has the mean p(x) over the trajectories of an object.
 */
final class TrajectoryWeights {
  private final Environment environment;
  private final Rollout rollout;
  private final RandomGenerator random;

  /**
   * Creates a source of trajectories.
   *
   * @param environment where they run
   * @param random source of randomness
   */
  TrajectoryWeights(Environment environment, RandomGenerator random) {
    this.environment = environment;
    this.rollout = new Rollout(environment);
    this.random = random;
  }

  /**
   * Draws one trajectory from each object and weighs it.
   *
   * @param objects [N]
   * @param policy the policy
   * @param beta inverse temperature
   * @return [N] log weights
   */
  double[] draw(ObjectBatch objects, StatePolicy policy, float beta) {
    double[] weights = new double[objects.rows()];
    int chunk = BatchSize.trajectories(environment);
    for (int first = 0; first < weights.length; first += chunk) {
      ObjectBatch some = ObjectRows.range(objects, first, Math.min(chunk, weights.length - first));
      float[] betas = new float[some.rows()];
      Arrays.fill(betas, beta);
      float[] uniforms = RandomStreams.uniforms(random, betas.length * environment.maximumSteps());
      TrajectoryBatch trajectories = rollout.backward(some, policy, betas, uniforms);
      double[] forward = TrajectoryLogProbability.forward(policy, betas, trajectories);
      double[] backward = TrajectoryLogProbability.backward(policy, betas, trajectories);
      for (int row = 0; row < betas.length; row++) {
        weights[first + row] = forward[row] - backward[row];
      }
    }
    return weights;
  }
}
