package io.logitflow.trainer.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.oracle.PlainNetwork;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainedPolicyTest {
  private static final float[] BETAS = {0.1f, 1, 2.7f, 50, 1000};

  @TempDir Path folder;

  /** Puts numbers in place of the zeros that tables start from. */
  private static void fillTables(GFlowNet network, float[] parameters) {
    Random random = new Random(4);
    for (ParameterBlock block : network.layout().blocks()) {
      for (int i = 0; block.group() == ParameterGroup.TABLE && i < block.size(); i++) {
        assertThat(parameters[block.offset() + i]).isZero();
        parameters[block.offset() + i] = (float) random.nextGaussian();
      }
    }
  }

  private static int headsNamed(String conditioning) {
    Matcher named = Pattern.compile("heads: (\\d+)").matcher(conditioning);
    return named.find() ? Integer.parseInt(named.group(1)) : 1;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{type: none} | {type: trajectory-balance} | network: table",
        "{type: layer, encoding: {type: raw}} | {type: detailed-balance} | network: mlp, window: 2",
        "{type: layer, encoding: {type: thermometer, low: 1, high: 60}} | {type:"
            + " trajectory-balance} | network: mlp, window: 2",
        "{type: logit-scale, form: paper} | {type: trajectory-balance} | network: mlp, window: 2",
        "{type: logit-scale, form: positive} | {type: sub-trajectory-balance} | network: mlp, window: 2",
        "{type: logit-scale, form: positive, heads: 3} | {type: trajectory-balance} | network: mlp+table, window: 3",
        "{type: logit-scale, form: affine, heads: 1} | {type: trajectory-balance} | network: table",
        "{type: logit-scale+layer, form: affine, heads: 3} | {type: trajectory-balance} | network: mlp+table, window: 3",
        "{type: logit-scale+layer, form: paper} | {type: log-partition-variance} | network: mlp, window: 2",
      })
  void computesWhatPlainArithmeticDoes(String conditioning, String objective, String networks)
      throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            4,
            "policy={hidden_widths: [7, 5], " + networks + "}",
            "policy.backward=learned",
            "policy.conditioning=" + conditioning,
            "policy.initial_log_partition=2.5",
            "training.objective=" + objective,
            conditioning.contains("none")
                ? "training.beta={type: constant, value: 1}"
                : "training.beta={type: uniform, low: 1, high: 3}");
    GFlowNet network = GFlowNet.of(landscape.config(), landscape.environment());
    float[] parameters = network.initialParameters(new Random(3));
    fillTables(network, parameters);
    PlainNetwork plain = PlainNetwork.of(network, landscape.environment(), parameters);
    try (TrainedPolicy policy = new TrainedPolicy(network, landscape.environment(), parameters)) {
      assertThat(policy.learnsBackward()).isTrue();
      int heads = policy.heads();
      assertThat(heads).isEqualTo(headsNamed(conditioning));
      for (int steps = 0; steps <= 4; steps++) {
        for (int state = 0; state < landscape.environment().stateCount(steps).orElseThrow(); ) {
          StateBatch states = landscape.environment().states(steps, state, 1);
          float beta = BETAS[state % BETAS.length];
          float[] betas = {beta};
          assertClose(policy.forwardLogits(states, betas), plain.forwardLogits(states, beta), beta);
          assertClose(
              policy.backwardLogits(states, betas), plain.backwardLogits(states, beta), beta);
          state += 1 + state / 4;
        }
      }
      for (int i = 0; i < BETAS.length; i++) {
        float beta = BETAS[i];
        assertClose(
            Arrays.copyOfRange(policy.forwardScale(BETAS), i * heads, (i + 1) * heads),
            plain.forwardScale(beta),
            beta);
        assertClose(
            Arrays.copyOfRange(policy.backwardScale(BETAS), i * heads, (i + 1) * heads),
            plain.backwardScale(beta),
            beta);
        assertClose(
            Arrays.copyOfRange(policy.logPartition(BETAS), i, i + 1),
            new double[] {plain.logPartition(beta)},
            beta);
      }
    }
  }

  @Test
  void whereTheLayersDoNotReadBetaOneEvaluationServesAll() throws Exception {
    Landscape landscape = new Landscape(folder, 3);
    GFlowNet network = GFlowNet.of(landscape.config(), landscape.environment());
    StateBatch states = landscape.environment().states(2, 0, 2);
    try (TrainedPolicy policy =
        new TrainedPolicy(
            network, landscape.environment(), network.initialParameters(new Random(1)))) {
      assertThat(policy.learnsBackward()).isFalse();
      assertThat(policy.forwardLogits(states, new float[] {1, 1}))
          .isEqualTo(policy.forwardLogits(states, new float[] {7, 0.5f}));
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

  /** Compares numbers that grow with β. */
  private static void assertClose(float[] found, double[] expected, float beta) {
    double[] wide = new double[found.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = found[i];
    }
    assertThat(wide).containsExactly(expected, within(2e-6 * Math.max(1, beta)));
  }
}
