package io.logitflow.exporter.parity;

import io.logitflow.sampler.sampling.CounterRandom;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.SampledTrajectories;
import java.nio.FloatBuffer;

/** Trajectories that a policy draws from uniforms that follow from a seed. */
final class SeededTrajectories {
  private SeededTrajectories() {}

  /**
   * Draws trajectories.
   *
   * @param environment where they run
   * @param policy the policy
   * @param betas [N] inverse temperatures, one a trajectory
   * @param seed of the uniforms
   * @param firstRow number of the first trajectory among those of the seed
   */
  static SampledTrajectories draw(
      Environment environment, StatePolicy policy, float[] betas, long seed, int firstRow) {
    int steps = environment.maximumSteps();
    FloatBuffer uniforms = FloatBuffer.allocate(betas.length * steps);
    new CounterRandom().fill(seed, firstRow, betas.length, uniforms, 0, steps);
    return new Rollout(environment).sample(policy, betas, uniforms.array(), Exploration.NONE);
  }
}
