package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One choice of four actions, worked out by hand. */
class DecodedChoiceTest {
  private static final int ACTIONS = 4;
  private static final int ROWS = 400;
  private static final float LAST = 0x1.fffffep-1f;
  private static final float[] ALL = {1, 1, 1, 1};

  /** Of probabilities 0.1, 0.5, 0.1 and 0.3: what top_p leaves, and its probability. */
  @ParameterizedTest
  @CsvSource({
    "0.01, 0100, 0.5",
    "0.49, 0100, 0.5",
    "0.51, 0101, 0.8",
    "0.79, 0101, 0.8",
    "0.81, 1111, 1",
    "0.95, 1111, 1",
    "1, 1111, 1"
  })
  void drawsFromTheSmallestSetThatReachesPAndKeepsTies(float topP, String kept, double mass) {
    GraphRun run = run(logits(0.1, 0.5, 0.1, 0.3), ALL, 0, topP);
    double[] counts = counts(run);
    double[] probability = {0.1, 0.5, 0.1, 0.3};
    for (int action = 0; action < ACTIONS; action++) {
      boolean drawn = kept.charAt(action) == '1';
      double expected = drawn ? ROWS * probability[action] / mass : 0;
      assertThat(counts[action]).as("action %d", action).isCloseTo(expected, within(1.0));
    }
    float[] logPf = run.floats("log_pf");
    float[] logPfDrawn = run.floats("log_pf_drawn");
    for (int row = 0; row < ROWS; row++) {
      assertThat((double) logPfDrawn[row]).isCloseTo(logPf[row] - Math.log(mass), within(1e-5));
    }
  }

  @Test
  void renormalisesOverWhatIsAllowedBeforeItTruncates() {
    // Without the most probable action 0.1, 0.1 and 0.3 become 0.2, 0.2 and 0.6.
    GraphRun run = run(logits(0.1, 0.5, 0.1, 0.3), new float[] {1, 0, 1, 1}, 0, 0.59f);
    assertThat(counts(run)).containsExactly(0, 0, 0, ROWS);
    assertThat(run.floats("log_pf_drawn")).containsOnly(0);
    assertThat((double) run.floats("log_pf")[0]).isCloseTo(Math.log(0.3), within(1e-5));
    GraphRun more = run(logits(0.1, 0.5, 0.1, 0.3), new float[] {1, 0, 1, 1}, 0, 0.61f);
    assertThat(counts(more)[0]).isCloseTo(0.2 * ROWS, within(1.0));
    assertThat(counts(more)[1]).isZero();
  }

  @Test
  void greedyTakesTheFirstOfEquallyProbableActions() {
    GraphRun run = run(logits(0.1, 0.4, 0.1, 0.4), ALL, 1, 1);
    assertThat(counts(run)).containsExactly(0, ROWS, 0, 0);
    assertThat((double) run.floats("log_pf_drawn")[7]).isCloseTo(Math.log(0.4), within(1e-5));
    GraphRun second = run(logits(0.1, 0.4, 0.1, 0.4), new float[] {1, 0, 1, 1}, 1, 1);
    assertThat(counts(second)).containsExactly(0, 0, 0, ROWS);
    assertThat((double) second.floats("log_pf_drawn")[7])
        .isCloseTo(Math.log(0.4 / 0.6), within(1e-5));
    assertThat((double) second.floats("log_pf")[7]).isCloseTo(Math.log(0.4), within(1e-5));
  }

  @Test
  void aTopPOfOneLeavesNothingOutHoweverImprobable() {
    float[] scaled = {0, 20, -10, 20};
    // The last running sum is where the uniform decides; action 0 of 2e-9 is found at 0.
    GraphRun run = run(scaled, ALL, 0, 1);
    assertThat(run.floats("position")[0]).isZero();
    GraphRun truncated = run(scaled, ALL, 0, LAST);
    assertThat(truncated.floats("position")[0]).isEqualTo(1);
  }

  @Test
  void whereNothingIsAllowedNothingIsChosen() {
    GraphRun run = run(logits(0.1, 0.5, 0.1, 0.3), new float[ACTIONS], 0, 1);
    assertThat(run.floats("blocked")).containsOnly(1);
    for (float logPf : run.floats("log_pf_drawn")) {
      assertThat(logPf).isFinite();
    }
    assertThat(run(logits(0.1, 0.5, 0.1, 0.3), ALL, 0, 1).floats("blocked")).containsOnly(0);
  }

  private static float[] logits(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int action = 0; action < logits.length; action++) {
      logits[action] = (float) Math.log(7 * probabilities[action]);
    }
    return logits;
  }

  private static double[] counts(GraphRun run) {
    double[] counts = new double[ACTIONS];
    for (float position : run.floats("position")) {
      counts[(int) position]++;
    }
    return counts;
  }

  /** Draws with uniforms 0, 1/400, 2/400 and so on from the same logits in every row. */
  private static GraphRun run(float[] logits, float[] allowed, float greedy, float topP) {
    float[] scaled = new float[ROWS * ACTIONS];
    float[] uniform = new float[ROWS];
    for (int row = 0; row < ROWS; row++) {
      System.arraycopy(logits, 0, scaled, row * ACTIONS, ACTIONS);
      uniform[row] = greedy > 0 ? 0 : row / (float) ROWS;
    }
    Map<String, float[]> inputs =
        Map.of(
            "scaled",
            scaled,
            "allowed",
            Arrays.copyOf(allowed, ACTIONS),
            "uniform",
            uniform,
            "greedy",
            new float[] {greedy},
            "top_p",
            new float[] {topP});
    return GraphRun.of(graph(), inputs);
  }

  private static OnnxGraph graph() {
    GraphBuilder graph = new GraphBuilder("choice", "B");
    Value scaled = graph.input("scaled", ElementType.FLOAT32, Shape.BATCH, ACTIONS);
    Value allowed = graph.input("allowed", ElementType.FLOAT32, 1, ACTIONS);
    Value uniform = graph.input("uniform", ElementType.FLOAT32, Shape.BATCH, 1);
    Value greedy = graph.input("greedy", ElementType.FLOAT32);
    Value topP = graph.input("top_p", ElementType.FLOAT32);
    Value isGreedy = graph.apply(Operator.LESS, graph.constant("half", Shape.of(), 0.5f), greedy);
    DecodedChoice choice =
        DecodedChoice.choose(
            graph,
            new NucleusWeights(isGreedy, topP),
            scaled,
            ValidActions.range(0, ACTIONS),
            allowed,
            uniform,
            null);
    Value batch =
        graph.apply(
            Operator.SHAPE, graph.apply(Operator.RESHAPE, uniform, graph.integers("row", -1)));
    LogProbabilitySum drawn = new LogProbabilitySum();
    drawn.add(choice.choice().logProbability());
    drawn.addUniform(choice.kept(), null);
    LogProbabilitySum policy = new LogProbabilitySum();
    policy.add(choice.ofPolicy());
    graph.output("log_pf_drawn", drawn.finish(graph, "drawn", batch));
    graph.output("log_pf", policy.finish(graph, "policy", batch));
    Value zero = graph.constant("nought", Shape.of(), 0);
    graph.output("position", choice.choice().position(graph));
    graph.output("blocked", graph.apply(Operator.ADD, choice.blocked(), zero));
    return graph.build("test", new TreeMap<>());
  }
}
