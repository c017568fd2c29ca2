package io.logitflow.trainer.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.oracle.PlainNetwork;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainedPolicyTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"paper", "positive"})
  void computesWhatPlainArithmeticDoes(String form) throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            4,
            "policy.hidden_widths=[7, 5]",
            "policy.conditioning.form=" + form,
            "policy.initial_log_partition=2.5");
    GFlowNet network = GFlowNet.of(landscape.config(), landscape.environment());
    float[] parameters = network.initialParameters(new Random(3));
    PlainNetwork plain =
        new PlainNetwork(
            network,
            landscape.environment(),
            IntStream.range(0, parameters.length).mapToDouble(i -> parameters[i]).toArray());
    try (TrainedPolicy policy = new TrainedPolicy(network, landscape.environment(), parameters)) {
      for (int steps = 0; steps <= 3; steps++) {
        int count = (int) landscape.environment().stateCount(steps).orElseThrow();
        StateBatch states = landscape.environment().states(steps, 0, count);
        assertThat(policy.forwardLogits(states, new float[count]))
            .containsExactly(plain.forwardLogits(states, new float[count]), within(2e-6f));
      }
      float[] betas = {0.1f, 1, 2.7f, 50, 1000};
      assertThat(policy.forwardScale(betas)).hasSize(betas.length);
      for (int i = 0; i < betas.length; i++) {
        assertThat(policy.forwardScale(betas)[i])
            .isCloseTo((float) plain.scale(betas[i]), within(1e-6f * Math.max(1, betas[i])));
        assertThat(policy.logPartition(betas)[i])
            .isCloseTo((float) plain.logPartition(betas[i]), within(1e-6f * Math.max(4, betas[i])));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
  void positiveFormIsPositiveAndPaperFormHasTheClamp(long seed) throws Exception {
    Landscape landscape = new Landscape(folder, 2);
    GFlowNet network = GFlowNet.of(landscape.config(), landscape.environment());
    try (TrainedPolicy policy =
        new TrainedPolicy(
            network, landscape.environment(), network.initialParameters(new Random(seed)))) {
      for (float scale : policy.forwardScale(new float[] {0.001f, 1, 1000, 1e6f})) {
        assertThat(scale).isPositive();
      }
      assertThat(policy.logitClamp()).isEmpty();
    }
    Landscape paper = new Landscape(folder, 2, "policy.conditioning.form=paper");
    assertThat(GFlowNet.of(paper.config(), paper.environment()).logitClamp()).hasValue(20);
  }
}
