package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Signature;
import io.logitflow.exporter.tabulation.Tabulation;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.policy.TrainedPolicy;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A row has the same bits at each of four places in a batch: reductions along rows whose width is
 * no multiple of four would add them up in other orders.
 */
class RowPlaceTest {
  private static final int DISTINCT = 25;
  private static final int ROWS = 4 * DISTINCT;
  private static final long EVERYTHING = 1L << 30;

  static Stream<String> environments() {
    return Stream.concat(
        ModelKinds.ENVIRONMENTS.stream(),
        Stream.of(
            "{type: autoregressive, tokens: [A, C, G], minimum_length: 3, length: 6}",
            "{type: prepend-append, tokens: [A, C, G, T, U], length: 7}",
            "{type: hypergrid, dimensions: 2, side: 7}",
            "{type: non-autoregressive, tokens: [A, C, G], length: 7}"));
  }

  @ParameterizedTest
  @MethodSource("environments")
  void rolloutsGiveARowTheSameBitsAtEveryPlace(String environment) {
    // Seeds decide whether the policy is layers, layers that read windows, or a table.
    long seed = 0;
    for (String conditioning :
        List.of(
            "{type: logit-scale, form: positive}",
            "{type: logit-scale, form: affine, heads: 3}",
            "{type: layer, encoding: {type: raw}}")) {
      for (String backward : List.of("uniform", "learned")) {
        TrainedModel model =
            RandomModel.of(environment, conditioning, backward, "trajectory-balance", seed++);
        PolicyLowering policy = RandomModel.lowering(model);
        Map<String, float[]> inputs = inputs(model.environment());
        try (TrainedPolicy trained = RandomModel.trained(model)) {
          for (long budget : List.of(0L, 1_000L, EVERYTHING)) {
            Optional<Tabulation> tables =
                Tabulation.of(
                    model.environment(),
                    model.network(),
                    trained,
                    EnvironmentLowering.of(model.environment())::cells,
                    budget);
            if (budget == 0 || tables.isPresent()) {
              compare(new RolloutLowering(policy, tables).rollout(), inputs);
            }
          }
        }
        if (RolloutForm.LOOP.fits(model.network(), model.environment())) {
          EnvironmentLowering lowering = EnvironmentLowering.of(model.environment());
          compare(
              new RolloutLowering(policy, lowering, Optional.empty(), RolloutForm.LOOP).rollout(),
              inputs);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("environments")
  void decodingGivesARowTheSameBitsAtEveryPlace(String environment) {
    TrainedModel model = model(environment);
    OnnxGraph graph = new DecodingLowering(RandomModel.lowering(model)).decoding().orElseThrow();
    Map<String, float[]> inputs = inputs(model.environment());
    float[] allowed =
        new float[model.environment().maximumSteps() * model.environment().actionCount()];
    Arrays.fill(allowed, 1);
    inputs.put("allowed", allowed);
    inputs.put("greedy", new float[] {0});
    inputs.put("top_p", new float[] {0.9f});
    compare(graph, inputs);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void scoresAreTheSameAtEveryPlace(boolean exact) {
    environments()
        .forEach(
            environment -> {
              TrainedModel model = model(environment);
              OnnxGraph graph =
                  new ScoreLowering(RandomModel.lowering(model), exact ? 2_000 : 0)
                      .score()
                      .orElseThrow();
              compare(graph, scoreInputs(model, graph));
            });
  }

  private static TrainedModel model(String environment) {
    String conditioning = "{type: logit-scale, form: positive}";
    return RandomModel.of(environment, conditioning, "learned", "trajectory-balance", 4);
  }

  /** Row i is the same as row i + 25, 50 and 75. */
  private static Map<String, float[]> inputs(Environment environment) {
    Random random = new Random(3);
    int steps = environment.maximumSteps();
    float[] betas = new float[DISTINCT + 3];
    for (int index = 0; index < betas.length; index++) {
      betas[index] = 0.3f + 3 * random.nextFloat();
    }
    float[] betaIndex = new float[ROWS];
    float[] uniforms = new float[ROWS * steps];
    for (int row = 0; row < ROWS; row++) {
      betaIndex[row] = row % DISTINCT;
      for (int step = 0; step < steps; step++) {
        uniforms[row * steps + step] =
            row < DISTINCT ? random.nextFloat() : uniforms[(row - DISTINCT) * steps + step];
      }
    }
    Map<String, float[]> inputs = new HashMap<>();
    inputs.put("beta", betas);
    inputs.put("beta_index", betaIndex);
    inputs.put("uniform", uniforms);
    return inputs;
  }

  private static Map<String, float[]> scoreInputs(TrainedModel model, OnnxGraph graph) {
    Environment environment = model.environment();
    Map<String, float[]> inputs = inputs(environment);
    float[] betas = new float[ROWS];
    float[] ofRows = Objects.requireNonNull(inputs.get("beta"));
    for (int row = 0; row < ROWS; row++) {
      betas[row] = ofRows[row % DISTINCT];
    }
    ObjectBatch objects;
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      objects =
          environment.objects(
              new Rollout(environment)
                  .sample(
                      trained,
                      betas,
                      Objects.requireNonNull(inputs.get("uniform")),
                      Exploration.NONE)
                  .trajectories()
                  .statesAt(environment.maximumSteps()));
    }
    inputs.put("beta", betas);
    inputs.put("tokens", GraphRun.elements(objects.tokens()));
    inputs.put("length", GraphRun.elements(objects.lengths()));
    inputs.keySet().retainAll(graph.inputs().stream().map(Signature::name).toList());
    return inputs;
  }

  private static void compare(OnnxGraph graph, Map<String, float[]> inputs) {
    GraphRun run = GraphRun.of(graph, inputs);
    for (Signature output : graph.outputs()) {
      double[] values = run.doubles(output.name());
      int width = values.length / ROWS;
      for (int i = DISTINCT * width; i < values.length; i++) {
        assertThat(values[i])
            .as("%s of row %d", output.name(), i / width)
            .isEqualTo(values[i - DISTINCT * width]);
      }
    }
  }
}
