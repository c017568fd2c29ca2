package io.logitflow.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.policy.BoundParameters;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.TensorEngine;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.trajectory.Rollout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The objective that docs/extending.md shows. */
class RobustTrajectoryBalanceTest {
  @TempDir Path folder;

  @Test
  void isLogCoshOfTheResidualOfTrajectoryBalance() throws Exception {
    Landscape landscape = new Landscape(folder, 3, "policy.initial_log_partition=5");
    Environment environment = landscape.environment();
    GFlowNet network = GFlowNet.of(landscape.config(), environment);
    float[] parameters = network.initialParameters(new Random(2));
    float[] betas = {1, 2, 3};
    float[] uniforms = new float[9];
    Arrays.fill(uniforms, 0.3f);
    ObjectBatch objects = environment.objects(5, 3);
    try (NDManager manager = TensorEngine.newManager();
        TrainedPolicy policy = new TrainedPolicy(network, environment, parameters)) {
      TrainingBatch batch =
          new TrainingBatch(
              new Rollout(environment).backward(objects, policy, betas, uniforms),
              betas,
              landscape.logReward().of(objects));
      BoundParameters bound = new BoundParameters(network.layout(), manager.create(parameters));
      TrajectoryTerms terms = new TrajectoryTerms(network, environment, manager);
      float[] squares = new TrajectoryBalance(terms).losses(bound, batch).toFloatArray();
      float[] losses = new RobustTrajectoryBalance(terms).losses(bound, batch).toFloatArray();
      for (int row = 0; row < losses.length; row++) {
        assertThat(squares[row]).isGreaterThan(0.1f);
        assertThat((double) losses[row])
            .isCloseTo(Math.log(Math.cosh(Math.sqrt(squares[row]))), within(1e-4));
      }
    }
  }
}
