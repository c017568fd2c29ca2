package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.tabulation.Tabulation;
import io.logitflow.exporter.tabulation.TabulationPlan.Layout;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TabulatedRolloutTest {
  private static final long EVERYTHING = 1L << 30;
  private static final int ROWS = 1_024;

  static Stream<Arguments> kinds() {
    return ModelKinds.models().filter(arguments -> !readsBeta(arguments));
  }

  private static boolean readsBeta(Arguments arguments) {
    return arguments.get()[0].toString().contains("encoding");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void drawsTheTrainersTrajectoriesWhereverTheTablesEnd(TrainedModel model) {
    try (TrainedPolicy trained = RandomModel.trained(model)) {
      int steps = 0;
      for (long budget = 64; budget <= EVERYTHING; budget *= 2) {
        Optional<Tabulation> tables = tables(model, trained, budget);
        int reached = tables.map(tabulation -> tabulation.plan().steps()).orElse(0);
        boolean last = tables.filter(t -> t.plan().layout() == Layout.EDGE).isPresent();
        if (reached > steps || last) {
          steps = reached;
          assertThat(tables.orElseThrow().plan().bytes()).isLessThanOrEqualTo(budget);
          RolloutLowering lowering = new RolloutLowering(RandomModel.lowering(model), tables);
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
  @MethodSource("kinds")
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
