package io.logitflow.trainer.evaluation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.EnvironmentConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Environments;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.NonAutoregressive;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.environment.PrependAppend;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.oracle.PathEnumeration;
import io.logitflow.trainer.oracle.PlainGraph;
import io.logitflow.trainer.oracle.RandomPolicy;
import io.logitflow.trainer.oracle.WalkedPaths;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.trajectory.ActionDistribution;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExactDistributionTest {
  private static final float BETA = 1.7f;

  private static final List<EnvironmentConfig> SMALL =
      List.of(
          new EnvironmentConfig.PrependAppend(List.of("A", "C", "G", "T"), "", 4),
          new EnvironmentConfig.Autoregressive(List.of("A", "C", "G"), "", null, 4),
          new EnvironmentConfig.Autoregressive(List.of("A", "C", "G"), "", 2, 4),
          new EnvironmentConfig.Hypergrid(2, 5),
          new EnvironmentConfig.Hypergrid(3, 3),
          new EnvironmentConfig.NonAutoregressive(List.of("0", "1", "2"), "", 3));

  static List<EnvironmentConfig> small() {
    return SMALL;
  }

  @Test
  void everyEnvironmentIsAmongThem() {
    assertThat(SMALL.stream().<Class<?>>map(EnvironmentConfig::getClass))
        .contains(EnvironmentConfig.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("small")
  void agreesWithTheEnumerationOfAllPathsAndSumsToOne(EnvironmentConfig config) {
    Environment environment = Environments.create(config);
    try (TrainedPolicy policy = policy(environment)) {
      Map<String, Double> expected =
          new PathEnumeration(PlainGraph.of(config), new PlainEdges(config, policy)::probability)
              .distribution();
      double[] found = ExactDistribution.compute(environment, policy, BETA);
      assertThat(environment.objectCount()).hasValue(found.length);
      assertThat(expected).hasSize(found.length);
      assertThat(Arrays.stream(found).sum()).isCloseTo(1, within(1e-12));
      assertThat(Arrays.stream(found).max().orElseThrow())
          .isGreaterThan(1.5 / found.length); // Far enough from uniform for places to matter.
      // The engine's last digits differ between one state and a batch of them.
      expected.forEach(
          (terminal, probability) ->
              assertThat(found[objectIndex(environment, PlainGraph.object(terminal))])
                  .isCloseTo(probability, within(1e-7)));
    }
  }

  @ParameterizedTest
  @MethodSource("small")
  void rolloutsFollowIt(EnvironmentConfig config) {
    Environment environment = Environments.create(config);
    int samples = 50_000;
    Random random = new Random(21);
    float[] uniforms = new float[samples * environment.maximumSteps()];
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = random.nextFloat();
    }
    float[] betas = new float[samples];
    Arrays.fill(betas, BETA);
    try (TrainedPolicy policy = policy(environment)) {
      double[] exact = ExactDistribution.compute(environment, policy, BETA);
      ObjectBatch objects =
          new Rollout(environment)
              .sample(policy, betas, uniforms, Exploration.NONE)
              .trajectories()
              .objects();
      long[] indices = new long[samples];
      environment.objectIndices(objects, indices);
      double[] counts = new double[exact.length];
      for (long index : indices) {
        counts[(int) index]++;
      }
      requireDrawnFrom(exact, counts, samples);
    }
  }

  private static void requireDrawnFrom(double[] exact, double[] counts, int samples) {
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
    assertThat(freedom).isGreaterThan(15);
    assertThat(z).isLessThan(3.09);
  }

  @Test
  void coversUpToTenMillionStates() {
    assertThat(ExactDistribution.covers(new Hypergrid(2, 1024))).isTrue(); // 2 · 1024² states.
    assertThat(ExactDistribution.covers(new Hypergrid(2, 3535))).isTrue(); // 24,992,450.
    assertThat(ExactDistribution.covers(new Hypergrid(2, 3536))).isFalse(); // 25,006,592.
    assertThat(ExactDistribution.covers(new PrependAppend(List.of("A", "C", "G", "T"), "", 12)))
        .isTrue(); // 22,369,621.
    assertThat(ExactDistribution.covers(new Hypergrid(64, 1024))).isFalse();
    assertThat(ExactDistribution.covers(new PrependAppend(List.of("A", "C"), "", 62))).isFalse();
  }

  @Test
  void holdsTheObjectsOrTheWidestLevel() {
    // Words with 5 or 6 of 8 bits filled: 56 · 32 and 28 · 64; 256 objects.
    assertThat(ExactDistribution.held(new NonAutoregressive(List.of("0", "1"), "", 8)))
        .isEqualTo(1792);
    assertThat(ExactDistribution.held(new Hypergrid(2, 30))).isEqualTo(900);
  }

  @Test
  void targetIsByTheBook() {
    double[] logRewards = {Math.log(1), Math.log(2), Math.log(3)};
    assertThat(ExactDistribution.logPartition(logRewards, 2))
        .isCloseTo(Math.log(14), within(1e-12));
    assertThat(ExactDistribution.target(logRewards, 2))
        .containsExactly(new double[] {1 / 14.0, 4 / 14.0, 9 / 14.0}, within(1e-12));
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

  private static int objectIndex(Environment environment, List<Integer> object) {
    int[] tokens = object.stream().mapToInt(token -> token).toArray();
    long[] index = new long[1];
    environment.objectIndices(
        new ObjectBatch(1, tokens.length, tokens, new int[] {tokens.length}), index);
    return Math.toIntExact(index[0]);
  }

  private static TrainedPolicy policy(Environment environment) {
    TrainerConfig config =
        ConfigLoader.parse(
            "test",
            """
                environment: {type: hypergrid, dimensions: 1, side: 2}
                reward: {type: table, file: f.csv, object_column: o, score_column: s}
                policy: {hidden_widths: [16]}
                """,
            List.of());
    GFlowNet network = GFlowNet.of(config, environment);
    float[] parameters = network.initialParameters(new Random(5));
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] *= 2;
    }
    return new TrainedPolicy(network, environment, parameters);
  }

  /** P_F of the edges of a plain graph: each state is reached and masked as the graph says. */
  private static final class PlainEdges {
    private final Environment environment;
    private final PlainGraph graph;
    private final TrainedPolicy policy;
    private final Map<String, double[]> known = new HashMap<>();
    private final Map<String, StateBatch> states = new HashMap<>();

    PlainEdges(EnvironmentConfig config, TrainedPolicy policy) {
      this.environment = Environments.create(config);
      this.graph = PlainGraph.of(config);
      this.policy = policy;
      states.put(graph.root(), environment.roots(1));
    }

    /** Is asked of every parent before its children. */
    double probability(String state, int action) {
      return known.computeIfAbsent(state, this::probabilities)[action];
    }

    private double[] probabilities(String state) {
      StateBatch batch = requireNonNull(states.get(state));
      boolean[] mask = new boolean[environment.actionCount()];
      graph
          .children(state)
          .forEach(
              (action, child) -> {
                mask[action] = true;
                StateBatch moved = batch.copy();
                environment.step(moved, new int[] {action}, new int[1]);
                states.put(child, moved);
              });
      float[] betas = {BETA};
      float[] scale = policy.forwardScale(betas);
      ActionDistribution distribution = new ActionDistribution(policy, mask.length);
      distribution.set(policy.forwardLogits(batch, betas), scale, mask, 0, 0);
      return IntStream.range(0, mask.length).mapToDouble(distribution::probability).toArray();
    }
  }
}
