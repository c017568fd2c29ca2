package io.logitflow.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.oracle.PlainNetwork;
import io.logitflow.trainer.policy.BoundParameters;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.TensorEngine;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrajectoryBalanceTest {
  private static final int LENGTH = 3;
  private static final int ROWS = 12;

  @TempDir Path folder;

  /** The factor on weights makes the paper's clamp bite in some states. */
  @ParameterizedTest
  @CsvSource({"positive, 1", "paper, 1", "paper, 6"})
  void lossAndGradientAgreeWithPlainArithmeticAndFiniteDifferences(String form, float factor)
      throws Exception {
    Landscape landscape =
        new Landscape(
            folder, LENGTH, "policy.hidden_widths=[6]", "policy.conditioning.form=" + form);
    Environment environment = landscape.environment();
    GFlowNet network = GFlowNet.of(landscape.config(), environment);
    float[] parameters = network.initialParameters(new Random(2));
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] *= factor;
    }
    Random random = new Random(4);
    float[] uniforms = new float[ROWS * LENGTH];
    float[] betas = new float[ROWS];
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = random.nextFloat();
    }
    for (int i = 0; i < ROWS; i++) {
      betas[i] = 1 + 2 * random.nextFloat();
    }
    TrajectoryBatch batch =
        new Rollout(environment)
            .backward(
                environment.objects(environment.states(LENGTH, 20, ROWS)),
                new PlainNetwork(network, environment, new double[0]),
                betas,
                uniforms);
    double[] logRewards = landscape.logReward().of(batch.objects());

    float[] gradient;
    double loss;
    try (NDManager manager = TensorEngine.newManager()) {
      NDArray vector = manager.create(parameters);
      vector.setRequiresGradient(true);
      Objective objective =
          new TrajectoryBalance(new TrajectoryTerms(network, environment, manager));
      try (GradientCollector collector = TensorEngine.engine().newGradientCollector()) {
        NDArray value =
            objective
                .losses(
                    new BoundParameters(network.layout(), vector),
                    new TrainingBatch(batch, betas, logRewards))
                .mean();
        loss = value.getFloat();
        collector.backward(value);
      }
      gradient = vector.getGradient().toFloatArray();
    }

    double[] exact =
        IntStream.range(0, parameters.length).mapToDouble(i -> parameters[i]).toArray();
    assertThat(loss)
        .isCloseTo(
            plainLoss(network, environment, exact, batch, betas, logRewards),
            within(1e-5 * Math.max(1, loss)));
    double largest = 0;
    for (float value : gradient) {
      largest = Math.max(largest, Math.abs(value));
    }
    double step = 1e-6;
    for (int i = 0; i < exact.length; i += 5) { // Every tensor has parameters among these.
      double[] up = exact.clone();
      double[] down = exact.clone();
      up[i] += step;
      down[i] -= step;
      double difference =
          (plainLoss(network, environment, up, batch, betas, logRewards)
                  - plainLoss(network, environment, down, batch, betas, logRewards))
              / (2 * step);
      assertThat((double) gradient[i])
          .as("parameter %d", i)
          .isCloseTo(difference, within(2e-4 * largest));
    }
  }

  /** The mean of (log Z + log P_F − β log R − log P_B)², written out from the paper. */
  private static double plainLoss(
      GFlowNet network,
      Environment environment,
      double[] parameters,
      TrajectoryBatch batch,
      float[] betas,
      double[] logRewards) {
    PlainNetwork plain = new PlainNetwork(network, environment, parameters);
    int actions = environment.actionCount();
    double clamp = network.logitClamp().orElse(Double.POSITIVE_INFINITY);
    StateBatch states = batch.states();
    double[] logits = plain.logits(states);
    double sum = 0;
    for (int row = 0; row < batch.rows(); row++) {
      double residual = plain.logPartition(betas[row]) - betas[row] * logRewards[row];
      residual += (LENGTH - 1) * Math.log(2); // − log P_B, uniform.
      for (int t = 0; t < LENGTH; t++) {
        int state = t * batch.rows() + row;
        double total = 0;
        double chosen = 0;
        int valid = t == 0 ? actions / 2 : actions;
        for (int action = 0; action < valid; action++) {
          double scaled = plain.scale(betas[row]) * logits[state * actions + action];
          scaled = Math.max(-clamp, Math.min(clamp, scaled));
          total += Math.exp(scaled);
          chosen = action == batch.actions()[state] ? scaled : chosen;
        }
        residual += chosen - Math.log(total);
      }
      sum += residual * residual;
    }
    return sum / batch.rows();
  }
}
