package io.logitflow.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.oracle.PathEnumeration;
import io.logitflow.trainer.oracle.RandomPolicy;
import io.logitflow.trainer.oracle.WalkedPaths;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.trajectory.ActionDistribution;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExactDistributionTest {
  private static final int LENGTH = 4;
  private static final float BETA = 1.7f;

  @TempDir Path folder;
  private Environment environment;
  private TrainedPolicy policy;
  private final Map<String, double[]> probabilities = new HashMap<>();

  @BeforeEach
  void open() throws Exception {
    Landscape landscape = new Landscape(folder, LENGTH);
    environment = landscape.environment();
    GFlowNet network = GFlowNet.of(landscape.config(), environment);
    float[] parameters = network.initialParameters(new Random(5));
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] *= 3;
    }
    policy = new TrainedPolicy(network, environment, parameters);
  }

  @AfterEach
  void close() {
    policy.close();
  }

  @Test
  void agreesWithTheEnumerationOfAllPathsAndSumsToOne() {
    Map<String, Double> expected =
        new PathEnumeration(4, LENGTH, this::edgeProbability).distribution();
    double[] found = ExactDistribution.compute(environment, policy, BETA);
    assertThat(found).hasSize(256);
    assertThat(expected).hasSize(256);
    assertThat(Arrays.stream(found).sum()).isCloseTo(1, within(1e-12));
    for (int index = 0; index < found.length; index++) {
      String digits = Integer.toString(index, 4);
      String text = "0".repeat(LENGTH - digits.length()) + digits;
      assertThat(found[index]).isCloseTo(expected.get(text), within(1e-12));
    }
  }

  @Test
  void rolloutsFollowIt() {
    double[] exact = ExactDistribution.compute(environment, policy, BETA);
    int samples = 100_000;
    Random random = new Random(21);
    float[] uniforms = new float[samples * LENGTH];
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = random.nextFloat();
    }
    float[] betas = new float[samples];
    Arrays.fill(betas, BETA);
    ObjectBatch objects =
        new Rollout(environment)
            .sample(policy, betas, uniforms, Exploration.NONE)
            .trajectories()
            .objects();
    long[] indices = new long[samples];
    environment.indices(environment.terminals(objects), indices);
    double[] counts = new double[exact.length];
    for (long index : indices) {
      counts[(int) index]++;
    }
    double chiSquare = 0;
    int freedom = -1;
    for (int i = 0; i < exact.length; i++) {
      double expected = samples * exact[i];
      if (expected >= 5) {
        chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
        freedom++;
      }
    }
    // Wilson and Hilferty's normal approximation; 3.09 is the 0.001 quantile.
    double z =
        (Math.cbrt(chiSquare / freedom) - (1 - 2.0 / (9 * freedom)))
            / Math.sqrt(2.0 / (9 * freedom));
    assertThat(freedom).isGreaterThan(60);
    assertThat(z).isLessThan(3.09);
  }

  @Test
  void targetAndDistanceAreByTheBook() {
    double[] logRewards = {Math.log(1), Math.log(2), Math.log(3)};
    assertThat(ExactDistribution.logPartition(logRewards, 2))
        .isCloseTo(Math.log(14), within(1e-12));
    assertThat(ExactDistribution.target(logRewards, 2))
        .containsExactly(new double[] {1 / 14.0, 4 / 14.0, 9 / 14.0}, within(1e-12));
    assertThat(
            ExactDistribution.totalVariation(
                new double[] {0.5, 0.5, 0}, new double[] {0.25, 0.25, 0.5}))
        .isCloseTo(0.5, within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("io.logitflow.trainer.evaluation.SmallEnvironments#all")
  void agreesWithTheWalkOfAllPathsAtSeveralBetasAtOnce(Environment small) {
    for (boolean readsBeta : new boolean[] {false, true}) {
      StatePolicy random = new RandomPolicy(small, 1, readsBeta, false);
      double[][] found = ExactDistribution.logProbabilities(small, random, 0.5f, 2);
      ObjectText text = new ObjectText(small);
      ObjectBatch objects = small.objects(0, found[0].length);
      for (int b = 0; b < 2; b++) {
        Map<String, Double> expected = WalkedPaths.distribution(small, random, b == 0 ? 0.5f : 2);
        assertThat(expected).hasSize(found[b].length);
        for (int index = 0; index < found[b].length; index++) {
          assertThat(found[b][index])
              .isCloseTo(
                  Math.log(expected.getOrDefault(text.format(objects, index), 0.0)), within(1e-9));
        }
      }
    }
  }

  @Test
  void probabilitiesTooSmallForADoubleHaveLogarithms() {
    Environment grid = new Hypergrid(2, 4);
    double[] found =
        ExactDistribution.logProbabilities(grid, new RandomPolicy(grid, 1000, false, false), 1)[0];
    assertThat(Arrays.stream(found).min().orElseThrow()).isBetween(-50_000.0, -1000.0);
    assertThat(Arrays.stream(found).map(Math::exp).sum()).isCloseTo(1, within(1e-9));
  }

  private double edgeProbability(String state, int action) {
    return probabilities.computeIfAbsent(state, this::probabilities)[action];
  }

  private double[] probabilities(String state) {
    long index = state.isEmpty() ? 0 : Long.parseLong(state, 4);
    float[] logits =
        policy.forwardLogits(environment.states(state.length(), index, 1), new float[] {BETA});
    boolean[] mask = new boolean[8];
    Arrays.fill(mask, 0, state.isEmpty() ? 4 : 8, true);
    ActionDistribution distribution = new ActionDistribution(policy, 8);
    distribution.set(logits, policy.forwardScale(new float[] {BETA}), mask, 0, 0);
    double[] ofActions = new double[8];
    for (int action = 0; action < 8; action++) {
      ofActions[action] = distribution.probability(action);
    }
    return ofActions;
  }
}
