package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.InvalidProtocolBufferException;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.tabulation.Tabulation;
import io.logitflow.exporter.tabulation.TabulationPlan.Layout;
import io.logitflow.sampler.onnx.schema.ModelProto;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.ParameterGroup;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TabulatedRolloutTest {
  private static final long EVERYTHING = 1L << 22;
  private static final int ROWS = 1_024;

  /** One head in the form positive, where rows are by edge and scaled, is no kind of its own. */
  static Stream<Arguments> kinds() {
    return Stream.concat(
        ModelKinds.models().filter(arguments -> !readsBeta(arguments)),
        Stream.of("uniform", "learned")
            .map(
                backward ->
                    Arguments.of(
                        Named.of(
                            "one positive head, " + backward,
                            RandomModel.of(
                                ModelKinds.ENVIRONMENTS.get(0),
                                "{type: logit-scale, form: positive}",
                                backward,
                                "trajectory-balance",
                                3)))));
  }

  static Stream<Arguments> everyThirdKind() {
    List<Arguments> kinds = kinds().toList();
    return IntStream.range(0, kinds.size()).filter(kind -> kind % 3 == 0).mapToObj(kinds::get);
  }

  private static boolean readsBeta(Arguments arguments) {
    return arguments.get()[0].toString().contains("encoding");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void drawsTheTrainersTrajectoriesWhereverTheTablesEnd(TrainedModel model) throws Exception {
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      int steps = 0;
      for (long budget = 64; budget <= EVERYTHING; budget *= 2) {
        Optional<Tabulation> tables = tables(model, trained, budget);
        int reached = tables.map(tabulation -> tabulation.plan().steps()).orElse(0);
        boolean last = tables.filter(t -> t.plan().layout() == Layout.EDGE).isPresent();
        if (reached > steps || last) {
          steps = reached;
          RolloutLowering lowering = new RolloutLowering(RandomModel.lowering(model), tables);
          assertThat(tables.orElseThrow().plan().bytes())
              .as("%s", tables.get().plan())
              .isLessThanOrEqualTo(budget)
              .isEqualTo(tableBytes(lowering.rollout()));
          assertThat(RolloutLoweringTest.compareRandomRows(model.environment(), lowering, trained))
              .as("%s", tables.get().plan())
              .isGreaterThan(110);
        }
        if (last) {
          break;
        }
      }
      if (model.environment().maximumSteps() > 1) {
        assertThat(steps).isEqualTo(model.environment().maximumSteps());
      }
    }
  }

  /** Rows of a fixed seed: none of their uniforms lies where rounding decides. */
  @ParameterizedTest
  @MethodSource("everyThirdKind")
  void drawsWhatTheGraphWithoutTablesDraws(TrainedModel model) {
    int steps = model.environment().maximumSteps();
    Random random = new Random(5);
    float[] betas = new float[ROWS];
    float[] betaIndex = new float[ROWS];
    for (int row = 0; row < ROWS; row++) {
      betas[row] = 0.1f + 4f * row / ROWS;
      betaIndex[row] = row;
    }
    float[] uniforms = new float[ROWS * steps];
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = random.nextFloat();
    }
    Map<String, float[]> inputs =
        Map.of("beta", betas, "beta_index", betaIndex, "uniform", uniforms);
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      GraphRun plain = run(model, Optional.empty(), inputs);
      for (long budget : List.of(1_000L, EVERYTHING)) {
        Optional<Tabulation> tables = tables(model, trained, budget);
        GraphRun tabulated = run(model, tables, inputs);
        String plan = tables.map(t -> t.plan().toString()).orElse("none");
        for (String output : List.of("tokens", "length")) {
          assertThat(tabulated.doubles(output))
              .as("%s, %s", output, plan)
              .isEqualTo(plain.doubles(output));
        }
        for (String output : List.of("log_pf", "log_pb", "log_z")) {
          assertThat(tabulated.floats(output))
              .as("%s, %s", output, plan)
              .containsExactly(plain.floats(output), within(2e-5f));
        }
      }
    }
  }

  /** Returns the bytes of all tables in a graph. */
  private static long tableBytes(OnnxGraph graph) throws InvalidProtocolBufferException {
    return ModelProto.parseFrom(graph.file()).getGraph().getInitializerList().stream()
        .filter(table -> table.getName().startsWith("tabulated.") && table.getDimsCount() > 0)
        .mapToLong(table -> table.getRawData().size())
        .sum();
  }

  /**
   * A token's id plus one does not fit in a byte, or the id itself does not. The last tokens come
   * first, each in a row.
   */
  @ParameterizedTest
  @CsvSource({
    "non-autoregressive, 255, STATE",
    "non-autoregressive, 256, STATE",
    "autoregressive, 256, EDGE",
    "autoregressive, 257, EDGE"
  })
  void drawsTheLastOfManyTokens(String type, int vocabulary, Layout layout) {
    String tokens =
        IntStream.range(0, vocabulary)
            .mapToObj(token -> "t" + token)
            .collect(Collectors.joining(", "));
    TrainedModel model =
        indifferent("{type: " + type + ", tokens: [" + tokens + "], length: 2}", "mlp");
    float actions = model.environment().actionCount();
    float[] uniforms = new float[2 * 8];
    for (int row = 0; row < 8; row++) {
      uniforms[2 * row] = (actions - row - 0.5f) / actions;
      uniforms[2 * row + 1] = (30 * row + 0.5f) / actions;
    }
    assertThat(compare(model, uniforms, layout)).isEqualTo(8);
  }

  /** The product of the totals of all steps is beyond the largest number in binary32. */
  @Test
  void addsUpMoreStepsThanOneProductHolds() {
    TrainedModel model = indifferent("{type: hypergrid, dimensions: 1, side: 150}", "mlp");
    int steps = model.environment().maximumSteps();
    float[] uniforms = new float[4 * steps];
    Arrays.fill(uniforms, 0.25f);
    for (int row = 0; row < 3; row++) {
      uniforms[row * steps + 40 + 45 * row] = 0.75f;
    }
    assertThat(compare(model, uniforms, Layout.STATE)).isEqualTo(4);
  }

  /** In every state that is not the last, the first action has a probability of 1.2e-4. */
  @Test
  void takesARareActionAtASmallUniformWhereRowsAreMasked() {
    TrainedModel even = indifferent("{type: hypergrid, dimensions: 1, side: 4}", "table");
    float[] parameters = even.parameters();
    ParameterBlock table =
        even.network().layout().blocks().stream()
            .filter(block -> block.group() == ParameterGroup.TABLE)
            .findFirst()
            .orElseThrow();
    for (int i = 0; i < table.size(); i += 2) {
      parameters[table.offset() + i] = -9;
    }
    TrainedModel model =
        new TrainedModel(even.config(), even.configYaml(), parameters, even.origin());
    float[] choices = {0, 0x1p-30f, 0.5f};
    int rows = 81;
    float[] uniforms = new float[4 * rows];
    for (int row = 0, rest = 0; row < rows; row++, rest = row) {
      for (int step = 0; step < 4; step++, rest /= 3) {
        uniforms[4 * row + step] = choices[rest % 3];
      }
    }
    assertThat(compare(model, uniforms, Layout.STATE)).isEqualTo(rows);
  }

  /** Returns a model whose parameters are all zero. */
  private static TrainedModel indifferent(String environment, String network) {
    TrainedModel model =
        RandomModel.of(
            """
            environment: %s
            reward: {type: table, file: scores.csv, object_column: object, score_column: score}
            policy: {network: %s, hidden_widths: [4], conditioning: {type: none}}
            training: {batch: 2, beta: {type: constant, value: 1.5}}
            """
                .formatted(environment, network),
            1);
    float[] zeros = new float[model.parameters().length];
    return new TrainedModel(model.config(), model.configYaml(), zeros, model.origin());
  }

  /** Compares rows with the trainer's, all steps by tables. */
  private static int compare(TrainedModel model, float[] uniforms, Layout layout) {
    int steps = model.environment().maximumSteps();
    float[] betas = new float[uniforms.length / steps];
    Arrays.fill(betas, 1.5f);
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      Optional<Tabulation> tables = tables(model, trained, EVERYTHING);
      assertThat(tables.orElseThrow().plan().layout()).isEqualTo(layout);
      assertThat(tables.get().plan().steps()).isEqualTo(steps);
      return RolloutLoweringTest.compare(
          model.environment(),
          new RolloutLowering(RandomModel.lowering(model), tables),
          trained,
          betas,
          uniforms);
    }
  }

  private static GraphRun run(
      TrainedModel model, Optional<Tabulation> tables, Map<String, float[]> inputs) {
    return GraphRun.of(new RolloutLowering(RandomModel.lowering(model), tables).rollout(), inputs);
  }

  private static Optional<Tabulation> tables(
      TrainedModel model, TrainedPolicy trained, long budget) {
    return Tabulation.of(
        model.environment(),
        model.network(),
        trained,
        EnvironmentLowering.of(model.environment())::cells,
        budget);
  }
}
