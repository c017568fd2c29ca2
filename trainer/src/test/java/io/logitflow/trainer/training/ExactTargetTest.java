package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.oracle.TotalVariation;
import io.logitflow.trainer.policy.ComputeDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Training ends where it should: at p(x; β) ∝ R(x)^β for every β of the range, and its log Z. */
class ExactTargetTest {
  private static final String STRINGS = "{type: prepend-append, tokens: [A, B, C], length: 3}";
  private static final String GRID = "{type: hypergrid, dimensions: 2, side: 4}";
  private static final float[] BETAS = {1.1f, 1.5f, 1.9f};

  @TempDir Path folder;

  static Stream<Arguments> runs() {
    List<Arguments> runs = new ArrayList<>();
    for (String objective :
        List.of(
            "trajectory-balance",
            "log-partition-variance",
            "detailed-balance",
            "sub-trajectory-balance")) {
      for (long seed = 0; seed < 2; seed++) {
        runs.add(Arguments.of(objective, STRINGS, "{type: logit-scale, form: positive}", seed));
        // One scale for all states is too little for how the stop of a grid depends on β.
        runs.add(Arguments.of(objective, GRID, "{type: layer, encoding: {type: raw}}", seed));
      }
    }
    return runs.stream();
  }

  @ParameterizedTest
  @MethodSource("runs")
  void everyObjectiveReachesTheTarget(
      String objective, String environment, String conditioning, long seed) throws Exception {
    assertReachesTarget(
        environment,
        0.02,
        BETAS,
        "seed=" + seed,
        "training.objective.type=" + objective,
        "policy.conditioning=" + conditioning);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "learned | {type: logit-scale, form: paper}",
        "uniform | {type: layer, encoding: {type: raw}}",
        "uniform | {type: layer, encoding: {type: thermometer, low: 1, high: 2, bins: 4}}",
        "learned | {type: logit-scale+layer, form: positive, encoding: {type: raw}}",
      })
  void everyConditioningReachesTheTarget(String backward, String conditioning) throws Exception {
    assertReachesTarget(
        STRINGS, 0.03, BETAS, "policy.backward=" + backward, "policy.conditioning=" + conditioning);
  }

  @Test
  void trajectoriesOfSomeRoundsBeforeReachTheTarget() throws Exception {
    assertReachesTarget(STRINGS, 0.02, BETAS, "training.reward_lag=8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "network: table, conditioning: {type: logit-scale, form: affine, heads: 2}",
        "network: mlp+table, window: 2, conditioning: {type: logit-scale, form: affine, heads: 3}",
        "network: mlp, window: 3, conditioning: {type: logit-scale, form: positive, heads: 2}",
      })
  void everyNetworkReachesTheTarget(String policy) throws Exception {
    assertReachesTarget(STRINGS, 0.01, BETAS, "policy={hidden_widths: [64], " + policy + "}");
  }

  @ParameterizedTest
  @CsvSource({"trajectory-balance", "sub-trajectory-balance"})
  void withoutConditioningItIsThatOfItsOwnBeta(String objective) throws Exception {
    assertReachesTarget(
        GRID,
        0.02,
        new float[] {2.5f},
        "training.objective.type=" + objective,
        "training.beta={type: constant, value: 2.5}",
        "policy.backward=learned",
        "policy.conditioning.type=none");
  }

  private void assertReachesTarget(
      String environment, double largestDistance, float[] betas, String... settings)
      throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "log_reward={exponent: 1, scale: 1, floor: 0.001}",
                "policy.hidden_widths=[64]",
                "training.rounds=400",
                "training.batch=64",
                "training.beta={type: uniform, low: 1, high: 2}",
                "training.exploration.epsilon.value=0.2",
                "optimiser.policy_learning_rate=0.02",
                "optimiser.scale_learning_rate=0.01",
                "optimiser.state_flow_learning_rate=0.02"));
    all.addAll(List.of(settings));
    Landscape landscape = new Landscape(folder, environment, all.toArray(String[]::new));
    double[] logRewards = landscape.logReward().of(landscape.allObjects());
    try (TrainingLoop loop =
        new TrainingLoop(
            ComputeDevice.CPU,
            landscape.config(),
            landscape.environment(),
            landscape.logReward(),
            new ModeTracker(landscape.noModes()),
            null,
            null)) {
      while (!loop.finished()) {
        loop.runRound();
      }
      for (float beta : betas) {
        double[] model = ExactDistribution.compute(landscape.environment(), loop.policy(), beta);
        double[] target = ExactDistribution.target(logRewards, beta);
        assertThat(TotalVariation.of(model, target))
            .as("total variation at %s", beta)
            .isLessThan(largestDistance);
        assertThat((double) loop.policy().logPartition(new float[] {beta})[0])
            .as("log Z at %s", beta)
            .isCloseTo(ExactDistribution.logPartition(logRewards, beta), within(0.05));
      }
    }
  }
}
