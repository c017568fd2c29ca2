package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActionChoiceTest {
  /** 1 − 2^−24, the largest uniform that there is. */
  private static final float LAST = 0x1.fffffep-1f;

  /** Its exponential less that of any logit near zero is zero in binary32. */
  private static final float IMPOSSIBLE = -200;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 17, 64, 300, 1024, 1025})
  void takesTheFirstAndTheLastPossibleActionAtTheEndsOfTheUniform(int actions) {
    Random random = new Random(actions);
    int rows = 64;
    float[] scaled = new float[2 * rows * actions];
    float[] uniform = new float[2 * rows];
    int[] expected = new int[2 * rows];
    for (int row = 0; row < rows; row++) {
      int first = random.nextInt(actions);
      int last = first + random.nextInt(actions - first);
      for (int action = 0; action < actions; action++) {
        boolean possible = action >= first && action <= last;
        float logit = possible ? 3 * (float) random.nextGaussian() : IMPOSSIBLE;
        scaled[2 * row * actions + action] = logit;
        scaled[(2 * row + 1) * actions + action] = logit;
      }
      uniform[2 * row] = 0;
      uniform[2 * row + 1] = LAST;
      expected[2 * row] = first;
      expected[2 * row + 1] = last;
    }
    float[] positions = choose(actions, scaled, uniform).floats("position");
    for (int row = 0; row < 2 * rows; row++) {
      // Just below 1 the last actions may be rarer than a uniform's resolution, and so be skipped.
      float lowest = row % 2 == 0 ? expected[row] : expected[row - 1];
      assertThat(positions[row]).as("row %d", row).isBetween(lowest, (float) expected[row]);
    }
  }

  @Test
  void takesTheLastPossibleActionJustBelowOne() {
    float[] scaled = {1, 2, 1, IMPOSSIBLE, IMPOSSIBLE, 1, 2, 1, 1, 2};
    GraphRun run = choose(5, scaled, new float[] {LAST, LAST});
    assertThat(run.floats("position")).containsExactly(2, 4);
  }

  @Test
  void neverCountsTheLastRunningSumWhateverTheTotal() {
    // Totals over many binades, powers of two among them.
    int actions = 512;
    float[] scaled = new float[actions * actions];
    float[] uniform = new float[actions];
    for (int row = 0; row < actions; row++) {
      for (int action = 0; action < actions; action++) {
        scaled[row * actions + action] = action <= row ? 0 : IMPOSSIBLE;
      }
      uniform[row] = LAST;
    }
    float[] positions = choose(actions, scaled, uniform).floats("position");
    for (int row = 0; row < actions; row++) {
      assertThat(positions[row]).isEqualTo((float) row);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 36, 1200})
  void choosesAndScoresAsTheCumulativeDistributionSays(int actions) {
    Random random = new Random(3);
    int rows = 500;
    float[] scaled = new float[rows * actions];
    float[] uniform = new float[rows];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = 4 * (float) random.nextGaussian();
    }
    for (int row = 0; row < rows; row++) {
      uniform[row] = random.nextInt(1 << 24) * 0x1p-24f;
    }
    GraphRun run = choose(actions, scaled, uniform);
    int compared = 0;
    for (int row = 0; row < rows; row++) {
      double total = 0;
      for (int action = 0; action < actions; action++) {
        total += Math.exp(scaled[row * actions + action]);
      }
      int expected = 0;
      double upper = Math.exp(scaled[row * actions]) / total;
      double lower = 0;
      while (upper <= uniform[row]) {
        expected++;
        lower = upper;
        upper += Math.exp(scaled[row * actions + expected]) / total;
      }
      if (Math.min(uniform[row] - lower, upper - uniform[row]) > 1e-6 || actions == 1) {
        compared++;
        assertThat(run.floats("position")[row]).isEqualTo((float) expected);
        assertThat(run.floats("log_probability")[row])
            .isCloseTo((float) (scaled[row * actions + expected] - Math.log(total)), within(1e-5f));
      }
    }
    assertThat(compared).isGreaterThan(rows * 9 / 10);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 8, 17, 64, 300, 1025})
  void neverChoosesWhatAMaskExcludes(int actions) {
    Random random = new Random(actions);
    int rows = 240;
    float[] scaled = new float[rows * actions];
    float[] valid = new float[rows * actions];
    float[] uniform = new float[rows];
    for (int row = 0; row < rows; row++) {
      uniform[row] = row % 3 == 0 ? 0 : row % 3 == 1 ? LAST : random.nextFloat();
      int certain = random.nextInt(actions);
      for (int i = row * actions; i < (row + 1) * actions; i++) {
        valid[i] = i == row * actions + certain || random.nextInt(4) == 0 ? 1 : 0;
        // Excluded logits may be the largest by far, valid ones far below zero.
        scaled[i] = valid[i] == 1 ? 3 * (float) random.nextGaussian() - row : 100 * row;
      }
    }
    GraphRun run = chooseMasked(actions, scaled, valid, uniform);
    for (int row = 0; row < rows; row++) {
      float[] logits = new float[actions];
      double total = 0;
      for (int action = 0; action < actions; action++) {
        logits[action] = scaled[row * actions + action];
        total += valid[row * actions + action] == 1 ? Math.exp(logits[action] + row) : 0;
      }
      int position = (int) run.floats("position")[row];
      assertThat(valid[row * actions + position]).as("row %d", row).isEqualTo(1);
      assertThat(run.floats("log_probability")[row])
          .isCloseTo((float) (logits[position] + row - Math.log(total)), within(1e-4f));
    }
  }

  @Test
  void takesTheFirstAndTheLastValidActionAtTheEndsOfTheUniform() {
    float[] scaled = {9, 1, 9, 1, 9, 9, 1, 9, 1, 9};
    float[] valid = {0, 1, 0, 1, 0, 0, 1, 0, 1, 0};
    GraphRun run = chooseMasked(5, scaled, valid, new float[] {0, LAST});
    assertThat(run.floats("position")).containsExactly(1, 3);
    assertThat(run.floats("log_probability"))
        .containsExactly(new float[] {-.6931472f, -.6931472f}, within(1e-6f));
  }

  @Test
  void masksLogitsOfAnySize() {
    float[] scaled = {1e30f, -1e30f, 1e30f, -1e30f, 1e30f, -1e30f};
    float[] valid = {1, 0, 0, 0, 0, 1};
    GraphRun run = chooseMasked(3, scaled, valid, new float[] {0.5f, 0.5f});
    assertThat(run.floats("position")).containsExactly(0, 2);
    assertThat(run.floats("log_probability")).containsExactly(0, 0);
  }

  @Test
  void choosesNothingWhereATrajectoryHasEnded() {
    GraphBuilder graph = new GraphBuilder("choice", "B");
    Value logits = graph.input("scaled", ElementType.FLOAT32, Shape.BATCH, 2);
    Value draws = graph.input("uniform", ElementType.FLOAT32, Shape.BATCH, 1);
    Value running = graph.input("running", ElementType.FLOAT32, Shape.BATCH, 1);
    ActionChoice choice =
        ActionChoice.choose(graph, Softmax.of(graph, logits, null), draws, running);
    graph.output(
        "one_hot", graph.apply(Operator.ADD, choice.oneHot(), graph.constant("0", Shape.of(), 0)));
    graph.output("logit", choice.logProbability());
    GraphRun run =
        GraphRun.of(
            graph.build("test", new TreeMap<>()),
            Map.of(
                "scaled", new float[] {2, 1, 2, 1},
                "uniform", new float[] {.9f, .9f},
                "running", new float[] {1, 0}));
    assertThat(run.floats("one_hot")).containsExactly(0, 1, 0, 0);
    assertThat(run.floats("logit"))
        .containsExactly(new float[] {0, -1.3132616f, 0, 0}, within(1e-6f));
  }

  private static GraphRun choose(int actions, float[] scaled, float[] uniform) {
    return choose(actions, null, Map.of("scaled", scaled, "uniform", uniform));
  }

  private static GraphRun chooseMasked(
      int actions, float[] scaled, float[] valid, float[] uniform) {
    return choose(actions, "valid", Map.of("scaled", scaled, "valid", valid, "uniform", uniform));
  }

  private static GraphRun choose(
      int actions, @Nullable String validInput, Map<String, float[]> inputs) {
    GraphBuilder graph = new GraphBuilder("choice", "B");
    Value logits = graph.input("scaled", ElementType.FLOAT32, Shape.BATCH, actions);
    Value draws = graph.input("uniform", ElementType.FLOAT32, Shape.BATCH, 1);
    Value mask =
        validInput == null
            ? null
            : graph.apply(
                Operator.CAST,
                Map.of("to", new Attribute.Whole(ElementType.BOOL.code())),
                graph.input(validInput, ElementType.FLOAT32, Shape.BATCH, actions));
    ActionChoice choice = ActionChoice.choose(graph, Softmax.of(graph, logits, mask), draws, null);
    Value chosen =
        graph.apply(
            Operator.MATMUL,
            choice.logProbability(),
            graph.constant("sum", Shape.of(actions, 1), ones(actions)));
    graph.output("log_probability", chosen);
    graph.output("position", choice.position(graph));
    return GraphRun.of(graph.build("test", new TreeMap<>()), inputs);
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }
}
