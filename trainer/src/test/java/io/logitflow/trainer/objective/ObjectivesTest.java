package io.logitflow.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.logitflow.trainer.config.ObjectiveConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.oracle.PlainLoss;
import io.logitflow.trainer.oracle.PlainNetwork;
import io.logitflow.trainer.policy.BoundParameters;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.TensorEngine;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every objective against its paper in plain arithmetic, and its gradient against finite
 * differences: every objective with every conditioning, and every pair of either, or of an
 * environment, with every kind of P_B.
 */
class ObjectivesTest {
  private static final int ROWS = 12;
  private static final double STEP = 1e-6;

  private static final List<String> OBJECTIVES =
      List.of(
          "{type: trajectory-balance}",
          "{type: log-partition-variance, group: 3}",
          "{type: detailed-balance}",
          "{type: sub-trajectory-balance, lambda: 0.8}");

  private static final List<Conditioning> CONDITIONINGS =
      List.of(
          new Conditioning("{type: none}", 2),
          new Conditioning("{type: layer, encoding: {type: raw}}", 1),
          new Conditioning(
              "{type: layer, encoding: {type: thermometer, bins: 5, low: 1.5, high: 2.5}}", 2),
          new Conditioning("{type: logit-scale, form: positive}", 2),
          new Conditioning("{type: logit-scale, form: paper}", 1),
          new Conditioning("{type: logit-scale, form: paper}", 6), // The clamp bites.
          new Conditioning("{type: logit-scale, form: affine, heads: 3}", 1),
          new Conditioning(
              "{type: logit-scale+layer, form: positive, heads: 2, encoding: {type: raw}}", 1.5f));

  private static final List<String> ENVIRONMENTS =
      List.of(
          "{type: prepend-append, tokens: [A, B, C], length: 3}",
          "{type: hypergrid, dimensions: 2, side: 3}",
          "{type: autoregressive, tokens: [A, B, C], minimum_length: 1, length: 3}");

  @TempDir Path folder;

  /** A way for β to enter, and the factor on initial parameters that it is tried with. */
  private record Conditioning(String section, float factor) {}

  /** One setting of everything. */
  private record Case(
      String objective, Conditioning conditioning, String backward, String environment) {}

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < OBJECTIVES.size(); i++) {
      for (int j = 0; j < CONDITIONINGS.size(); j++) {
        cases.add(
            new Case(
                OBJECTIVES.get(i),
                CONDITIONINGS.get(j),
                (i + j) % 2 == 0 ? "uniform" : "learned",
                ENVIRONMENTS.get((i + 2 * j) % ENVIRONMENTS.size())));
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossesAndGradientAgreeWithPlainArithmeticAndFiniteDifferences(Case tried) throws Exception {
    Landscape landscape =
        new Landscape(
            folder,
            tried.environment(),
            tried.backward().equals("learned")
                ? "policy={hidden_widths: [6], window: 2}"
                : "policy.hidden_widths=[6]",
            "policy.initial_log_partition=1.5",
            "policy.backward=" + tried.backward(),
            "policy.conditioning=" + tried.conditioning().section(),
            "training.objective=" + tried.objective(),
            tried.conditioning().section().equals("{type: none}")
                ? "training.beta={type: constant, value: 2}"
                : "training.beta={type: uniform, low: 1, high: 3}",
            "training.batch=" + ROWS);
    Environment environment = landscape.environment();
    ObjectiveConfig config = landscape.config().training().objective();
    GFlowNet network = GFlowNet.of(landscape.config(), environment);
    float[] parameters = network.initialParameters(new Random(2));
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] *= tried.conditioning().factor();
    }
    double[] losses;
    float[] gradient;
    double[] lossesOfEachState;
    float[] gradientOfEachState;
    TrainingBatch batch;
    try (NDManager manager = TensorEngine.newManager();
        TrainedPolicy policy = new TrainedPolicy(network, environment, parameters)) {
      NDArray vector = manager.create(parameters);
      vector.setRequiresGradient(true);
      Objective objective =
          Objectives.create(config, new TrajectoryTerms(network, environment, manager));
      // A larger batch first: what it leaves in reused memory must not be seen.
      TrainingBatch larger = batch(landscape, policy, objective.groupSize(), 2 * ROWS, 3);
      batch = batch(landscape, policy, objective.groupSize(), ROWS, 4);
      losses(objective, network, vector, larger);
      vector.getGradient().subi(vector.getGradient());
      losses = losses(objective, network, vector, batch);
      gradient = vector.getGradient().toFloatArray();
      vector.getGradient().subi(vector.getGradient());
      TrajectoryTerms ofEachState = new TrajectoryTerms(network, environment, manager, false);
      lossesOfEachState = losses(Objectives.create(config, ofEachState), network, vector, batch);
      gradientOfEachState = vector.getGradient().toFloatArray();
    }

    PlainLoss plain = new PlainLoss(config, environment, batch);
    PlainNetwork at = PlainNetwork.of(network, environment, parameters);
    double[] expected = plain.losses(at, at);
    double scale = Math.max(1, DoubleStream.of(expected).max().orElseThrow());
    assertThat(losses).containsExactly(expected, within(1e-5 * scale));
    assertThat(lossesOfEachState).containsExactly(losses, within(1e-6 * scale));

    double[] exact =
        IntStream.range(0, parameters.length).mapToDouble(i -> parameters[i]).toArray();
    double largest =
        IntStream.range(0, gradient.length).mapToDouble(i -> Math.abs(gradient[i])).max().orElse(0);
    assertThat(largest).isPositive();
    assertThat(gradientOfEachState).containsExactly(gradient, within((float) (1e-5 * largest)));
    for (int i : probes(network)) {
      double[] direction = new double[exact.length];
      direction[i] = 1;
      assertThat((double) gradient[i])
          .as("parameter %d", i)
          .isCloseTo(
              difference(plain, network, environment, exact, direction), within(2e-4 * largest));
    }
    Random random = new Random(8);
    double[] direction = random.doubles(exact.length, -1, 1).toArray();
    double along =
        IntStream.range(0, exact.length).mapToDouble(i -> gradient[i] * direction[i]).sum();
    assertThat(along)
        .as("all parameters at once")
        .isCloseTo(
            difference(plain, network, environment, exact, direction),
            within(2e-4 * largest * Math.sqrt(exact.length)));
  }

  /** Draws a batch of trajectories of many lengths, groups at one β each. */
  private static TrainingBatch batch(
      Landscape landscape, TrainedPolicy policy, int group, int rows, long seed) {
    Random random = new Random(seed);
    float[] betas = new float[rows];
    for (int row = 0; row < rows; row++) {
      betas[row] = row % group == 0 ? 1 + 2 * random.nextFloat() : betas[row - 1];
    }
    int draws = rows * landscape.environment().maximumSteps();
    Exploration everywhere = new Exploration(1, uniforms(random, draws));
    TrajectoryBatch trajectories =
        new Rollout(landscape.environment())
            .sample(policy, betas, uniforms(random, draws), everywhere)
            .trajectories();
    return new TrainingBatch(trajectories, betas, landscape.logReward().of(trajectories.objects()));
  }

  private static float[] uniforms(Random random, int size) {
    float[] uniforms = new float[size];
    for (int i = 0; i < size; i++) {
      uniforms[i] = random.nextFloat();
    }
    return uniforms;
  }

  /** Computes losses and adds the gradient of their mean to that of the vector. */
  private static double[] losses(
      Objective objective, GFlowNet network, NDArray vector, TrainingBatch batch) {
    try (GradientCollector collector = TensorEngine.engine().newGradientCollector()) {
      NDArray losses = objective.losses(new BoundParameters(network.layout(), vector), batch);
      collector.backward(losses.mean());
      float[] values = losses.toFloatArray();
      return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
  }

  /** Chooses some parameters of every tensor, its first and its last among them. */
  private static Set<Integer> probes(GFlowNet network) {
    Set<Integer> probes = new TreeSet<>();
    for (ParameterBlock block : network.layout().blocks()) {
      for (int i = 0; i <= 3; i++) {
        probes.add(block.offset() + (block.size() - 1) * i / 3);
      }
    }
    return probes;
  }

  private static double difference(
      PlainLoss loss,
      GFlowNet network,
      Environment environment,
      double[] parameters,
      double[] direction) {
    PlainNetwork detached = new PlainNetwork(network, environment, parameters);
    double[] values = new double[2];
    for (int side = 0; side < 2; side++) {
      double[] moved = parameters.clone();
      for (int i = 0; i < moved.length; i++) {
        moved[i] += (side == 0 ? STEP : -STEP) * direction[i];
      }
      PlainNetwork displaced = new PlainNetwork(network, environment, moved);
      values[side] = DoubleStream.of(loss.losses(displaced, detached)).average().orElseThrow();
    }
    return (values[0] - values[1]) / (2 * STEP);
  }
}
