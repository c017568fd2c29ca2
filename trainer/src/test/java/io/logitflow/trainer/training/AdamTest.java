package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.config.OptimiserConfig;
import io.logitflow.trainer.policy.Mlp;
import io.logitflow.trainer.policy.ParameterGroup;
import io.logitflow.trainer.policy.ParameterLayout;
import io.logitflow.trainer.policy.TensorEngine;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdamTest {
  private static final double[] RATES = {0.1, 0.03, 0.01, 0.5, 0.2};
  private static final double NORM = 2;

  private final NDManager manager = TensorEngine.newManager();
  private final ParameterLayout layout =
      new ParameterLayout(
          List.of(
              new Mlp("p", ParameterGroup.POLICY, List.of(2, 2)),
              new Mlp("t", ParameterGroup.TABLE, List.of(1, 1)),
              new Mlp("s", ParameterGroup.SCALE, List.of(1, 3)),
              new Mlp("z", ParameterGroup.LOG_PARTITION, List.of(1, 1)),
              new Mlp("f", ParameterGroup.STATE_FLOW, List.of(1, 1))));
  private final OptimiserConfig config =
      new OptimiserConfig(
          RATES[0],
          RATES[1],
          RATES[2],
          RATES[3],
          RATES[4],
          NORM,
          new OptimiserConfig.Constant(),
          0,
          null);
  private final int[] groupOf = {0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 4, 4};

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void followsThePublishedAlgorithmWithNormsBoundedByGroup() {
    Random random = new Random(6);
    double[] expected = new double[layout.size()];
    double[] first = new double[layout.size()];
    double[] second = new double[layout.size()];
    NDArray vector = manager.create(new float[layout.size()]);
    try (Adam adam = new Adam(manager, layout, config, Moments.zero(layout.size()))) {
      for (int step = 1; step <= 20; step++) {
        float[] gradient = new float[layout.size()];
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] = (float) random.nextGaussian() * (groupOf[i] + 0.1f);
        }
        double factor = 1.0 / step;
        Map<ParameterGroup, Double> shown =
            adam.step(vector, manager.create(gradient), factor, step);

        double[] norms = new double[5];
        for (int i = 0; i < gradient.length; i++) {
          norms[groupOf[i]] += gradient[i] * gradient[i];
        }
        assertThat(shown)
            .containsOnlyKeys(
                ParameterGroup.POLICY,
                ParameterGroup.TABLE,
                ParameterGroup.SCALE,
                ParameterGroup.LOG_PARTITION,
                ParameterGroup.STATE_FLOW);
        assertThat(shown.get(ParameterGroup.SCALE)).isCloseTo(Math.sqrt(norms[2]), within(1e-4));
        assertThat(shown.get(ParameterGroup.LOG_PARTITION))
            .isCloseTo(Math.sqrt(norms[3]), within(1e-4));
        for (int i = 0; i < gradient.length; i++) {
          double clipped = gradient[i] * Math.min(1, NORM / Math.sqrt(norms[groupOf[i]]));
          first[i] = 0.9 * first[i] + 0.1 * clipped;
          second[i] = 0.999 * second[i] + 0.001 * clipped * clipped;
          double corrected = first[i] / (1 - Math.pow(0.9, step));
          double spread = Math.sqrt(second[i] / (1 - Math.pow(0.999, step)));
          expected[i] -= factor * RATES[groupOf[i]] * corrected / (spread + 1e-8);
        }
      }
      assertThat(adam.moments().steps()).isEqualTo(20);
    }
    float[] found = vector.toFloatArray();
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).as("parameter %d", i).isCloseTo(expected[i], within(2e-5));
    }
  }

  @Test
  void updatesLargeGroupsInPartsWithOneNorm() {
    ParameterLayout large =
        new ParameterLayout(
            List.of(
                new Mlp("p", ParameterGroup.POLICY, List.of(3, 400, 300, 2)),
                new Mlp("z", ParameterGroup.LOG_PARTITION, List.of(1, 7))));
    int policy = large.groupOffsets().get(1);
    float[] gradient = new float[large.size()];
    Random random = new Random(8);
    double square = 0;
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (float) random.nextGaussian();
      square += i < policy ? (double) gradient[i] * gradient[i] : 0;
    }
    NDArray vector = manager.create(new float[large.size()]);
    try (Adam adam = new Adam(manager, large, config, Moments.zero(large.size()))) {
      Map<ParameterGroup, Double> norms = adam.step(vector, manager.create(gradient), 1, 0);
      assertThat(norms.get(ParameterGroup.POLICY)).isCloseTo(Math.sqrt(square), within(1e-2));
      float[] first = adam.moments().first();
      float[] found = vector.toFloatArray();
      for (int i = 0; i < policy; i++) {
        double shortened = gradient[i] * NORM / Math.sqrt(square);
        assertThat((double) first[i])
            .as("parameter %d", i)
            .isCloseTo(0.1 * shortened, within(1e-7));
        assertThat((double) found[i])
            .as("parameter %d", i)
            .isCloseTo(-RATES[0] * shortened / (Math.abs(shortened) + 1e-8), within(1e-4));
      }
    }
  }

  @Test
  void goesOnFromRestoredMomentsAsIfItHadNotStopped() {
    float[] gradient = new float[layout.size()];
    Arrays.fill(gradient, 0.3f);
    NDArray uninterrupted = manager.create(new float[layout.size()]);
    NDArray resumed = manager.create(new float[layout.size()]);
    Moments zero = Moments.zero(layout.size());
    try (Adam one = new Adam(manager, layout, config, zero);
        Adam before = new Adam(manager, layout, config, zero)) {
      for (int step = 0; step < 3; step++) {
        one.step(uninterrupted, manager.create(gradient), 1, 0);
        before.step(resumed, manager.create(gradient), 1, 0);
      }
      one.step(uninterrupted, manager.create(gradient), 1, 0);
      try (Adam after = new Adam(manager, layout, config, before.moments())) {
        after.step(resumed, manager.create(gradient), 1, 0);
      }
    }
    assertThat(resumed.toFloatArray()).isEqualTo(uninterrupted.toFloatArray());
  }

  @Test
  void refusesAGradientThatIsNotFinite() {
    float[] gradient = new float[layout.size()];
    gradient[9] = Float.NaN;
    try (Adam adam = new Adam(manager, layout, config, Moments.zero(layout.size()))) {
      assertThatThrownBy(
              () ->
                  adam.step(
                      manager.create(new float[layout.size()]), manager.create(gradient), 1, 12))
          .isInstanceOf(LogitFlowException.class)
          .hasMessage(
              "training: found a gradient of norm NaN in round 12, expected a finite one;"
                  + " lower optimiser.scale_learning_rate");
    }
  }
}
