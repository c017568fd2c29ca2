package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.fixture.ModelKinds;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.config.EnvironmentConfig;
import io.logitflow.trainer.environment.BackToFront;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;
import java.lang.reflect.Proxy;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class EnvironmentLoweringTest {
  private static final int ROWS = 300;
  static final List<String> ENVIRONMENTS = ModelKinds.ENVIRONMENTS;

  @Test
  void everyKindOfEnvironmentIsHere() {
    Set<Class<?>> kinds = new HashSet<>();
    for (String yaml : ENVIRONMENTS) {
      kinds.add(config(yaml).getClass());
    }
    assertThat(kinds).isEqualTo(Set.of(EnvironmentConfig.class.getPermittedSubclasses()));
  }

  @Test
  void refusesAnEnvironmentWithoutALowering() {
    Environment other =
        (Environment)
            Proxy.newProxyInstance(
                Environment.class.getClassLoader(),
                new Class<?>[] {Environment.class},
                (proxy, method, arguments) -> "molecules");
    assertThatThrownBy(() -> EnvironmentLowering.of(other))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "environment: found molecules, expected an environment that has a lowering into ONNX");
  }

  /**
   * Walks by uniform choices among the valid actions, the same in the graph and in the trainer, and
   * compares all that the lowering says of every state on the way.
   */
  @ParameterizedTest
  @FieldSource("ENVIRONMENTS")
  void walksAsTheTrainerDoes(String yaml) {
    Environment environment = environment(yaml);
    walk(environment, EnvironmentLowering.of(environment));
  }

  @Test
  void anEnvironmentOfOnesOwnWalksAsTheTrainerDoes() {
    BackToFront environment = new BackToFront(List.of("A", "C", "G"), "", 4);
    walk(environment, new BackToFrontLowering(environment));
  }

  private static void walk(Environment environment, EnvironmentLowering lowering) {
    int steps = environment.maximumSteps();
    float[] uniforms = new float[ROWS * steps];
    Random random = new Random(17);
    for (int i = 0; i < uniforms.length; i++) {
      // In the middle of one of many equal parts, so that rounding decides nothing.
      uniforms[i] = (random.nextInt(1_001) + 0.5f) / 1_001;
    }
    GraphRun run = new Walk(environment, lowering).run(uniforms);

    StateBatch states = environment.roots(ROWS);
    boolean[] mask = new boolean[ROWS * environment.actionCount()];
    boolean[] backwardMask = new boolean[ROWS * environment.backwardActionCount()];
    int[] actions = new int[ROWS];
    int[] twins = new int[ROWS];
    for (int step = 0; step < steps; step++) {
      environment.forwardMask(states, mask);
      for (int row = 0; row < ROWS; row++) {
        actions[row] = nth(mask, row, uniforms[row * steps + step]);
      }
      if (step > 0) {
        assertMask(run, "forward" + step, mask, actions);
        assertThat(run.floats("running" + step)).containsExactly(ones(actions));
      }
      environment.step(states, actions, twins);
      environment.backwardMask(states, backwardMask);
      assertFeatures(run, "features" + step, environment, states);
      assertMask(run, "backward" + step, backwardMask, actions);
      assertThat(run.floats("undo" + step))
          .containsExactly(oneHot(twins, environment.backwardActionCount()));
    }
    ObjectBatch objects = environment.objects(states);
    assertThat(run.floats("tokens")).containsExactly(GraphRun.elements(objects.tokens()));
    assertThat(run.floats("lengths")).containsExactly(GraphRun.elements(objects.lengths()));
  }

  @ParameterizedTest
  @FieldSource("ENVIRONMENTS")
  void countsBackwardActionsWhereTheirNumberIsTheSame(String yaml) {
    Environment environment = environment(yaml);
    List<LoweredState> lowered = new Walk(environment, EnvironmentLowering.of(environment)).states;
    for (int steps = 1; steps <= environment.maximumSteps(); steps++) {
      int rows = (int) environment.stateCount(steps).orElseThrow();
      boolean[] mask = new boolean[rows * environment.backwardActionCount()];
      environment.backwardMask(environment.states(steps, 0, rows), mask);
      int[] counts =
          IntStream.range(0, rows)
              .map(row -> count(mask, row, environment.backwardActionCount()))
              .toArray();
      lowered
          .get(steps - 1)
          .backwardActionCount()
          .ifPresent(count -> assertThat(counts).containsOnly(count));
    }
  }

  /** Compares a mask in the rows that take a step; in the others one action at least is valid. */
  private static void assertMask(GraphRun run, String name, boolean[] expected, int[] actions) {
    float[] found = run.floats(name);
    assertThat(found).hasSize(expected.length);
    int width = expected.length / ROWS;
    for (int row = 0; row < ROWS; row++) {
      float[] inRow = Arrays.copyOfRange(found, row * width, (row + 1) * width);
      assertThat(inRow).contains(1);
      for (int i = 0; i < width && actions[row] >= 0; i++) {
        assertThat(inRow[i])
            .as("%s row %d", name, row)
            .isEqualTo(expected[row * width + i] ? 1 : 0);
      }
    }
  }

  private static void assertFeatures(
      GraphRun run, String name, Environment environment, StateBatch states) {
    int width = environment.featureCount();
    float[] all = new float[ROWS * width];
    environment.writeFeatures(states, FloatBuffer.wrap(all));
    float[] found = run.floats(name);
    int narrow = found.length / ROWS;
    for (int row = 0; row < ROWS; row++) {
      float[] expected = Arrays.copyOfRange(all, row * width, (row + 1) * width);
      float[] padded =
          Arrays.copyOf(Arrays.copyOfRange(found, row * narrow, (row + 1) * narrow), width);
      assertThat(padded).as("%s row %d", name, row).containsExactly(expected, within(0f));
    }
  }

  private static int nth(boolean[] mask, int row, float uniform) {
    int width = mask.length / ROWS;
    int remaining = (int) (uniform * count(mask, row, width));
    for (int action = 0; action < width; action++) {
      if (mask[row * width + action] && remaining-- == 0) {
        return action;
      }
    }
    return Environment.NO_ACTION;
  }

  private static int count(boolean[] mask, int row, int width) {
    int count = 0;
    for (int i = row * width; i < (row + 1) * width; i++) {
      count += mask[i] ? 1 : 0;
    }
    return count;
  }

  private static float[] ones(int[] actions) {
    float[] ones = new float[actions.length];
    for (int row = 0; row < actions.length; row++) {
      ones[row] = actions[row] >= 0 ? 1 : 0;
    }
    return ones;
  }

  private static float[] oneHot(int[] actions, int width) {
    float[] oneHot = new float[actions.length * width];
    for (int row = 0; row < actions.length; row++) {
      if (actions[row] >= 0) {
        oneHot[row * width + actions[row]] = 1;
      }
    }
    return oneHot;
  }

  private static EnvironmentConfig config(String yaml) {
    return RandomModel.of(yaml, "{type: none}", "uniform", "trajectory-balance", 1)
        .config()
        .environment();
  }

  private static Environment environment(String yaml) {
    return RandomModel.of(yaml, "{type: none}", "uniform", "trajectory-balance", 1).environment();
  }

  /** A graph that walks by uniform choices and tells of every state. */
  private static final class Walk {
    private final GraphBuilder graph = new GraphBuilder("walk", "B");
    private final List<LoweredState> states;

    Walk(Environment environment, EnvironmentLowering lowering) {
      int steps = environment.maximumSteps();
      Value uniform = graph.input("uniform", ElementType.FLOAT32, Shape.BATCH, steps);
      LoweredState[] visited = new LoweredState[steps];
      ActionRange root = lowering.rootActions();
      for (int step = 0; step < steps; step++) {
        Value draw = new ActionRange(step, 1).select(graph, uniform);
        ValidActions valid =
            step == 0 ? new ValidActions(root, null) : visited[step - 1].forwardActions(graph);
        Value running = null;
        if (step > 0) {
          running = visited[step - 1].running(graph).orElse(null);
          tell("forward" + step, mask(valid, draw, environment.actionCount()));
          tell("running" + step, running == null ? filled(draw, 1, 1) : running);
        }
        Value logits = filled(draw, valid.range().count(), 0);
        Softmax softmax = Softmax.of(graph, logits, valid.mask());
        ActionChoice choice = ActionChoice.choose(graph, softmax, draw, running);
        visited[step] =
            step == 0 ? lowering.firstStep(graph, choice) : visited[step - 1].step(graph, choice);
        tell("features" + step, visited[step].features(graph));
        ValidActions backward = visited[step].backwardActions(graph);
        tell("backward" + step, mask(backward, draw, environment.backwardActionCount()));
        tell("undo" + step, visited[step].backwardTwins(graph, choice));
      }
      this.states = List.of(visited);
      LoweredState last = visited[steps - 1];
      tell("tokens", last.tokens(graph));
      Value same = filled(uniform, 1, environment.maximumLength());
      tell("lengths", last.lengths(graph).orElse(same));
    }

    GraphRun run(float[] uniforms) {
      return GraphRun.of(graph.build("test", new TreeMap<>()), Map.of("uniform", uniforms));
    }

    /** Makes a value an output that later steps may use as well. */
    private void tell(String name, Value value) {
      graph.output(name, graph.apply(Operator.ADD, value, graph.constant("0", Shape.of(), 0)));
    }

    /** Returns the same number everywhere: [B, width]. */
    private Value filled(Value batch, int width, float number) {
      float[] numbers = new float[width];
      Arrays.fill(numbers, number);
      Value row = graph.constant(width + "times" + number, Shape.of(1, width), numbers);
      Value column = new ActionRange(0, 1).select(graph, batch);
      Value zero = graph.apply(Operator.MUL, column, graph.constant("0", Shape.of(), 0));
      return graph.apply(Operator.ADD, zero, row);
    }

    /** Returns the valid ones of all actions as ones: [B, actions]. */
    private Value mask(ValidActions valid, Value batch, int actions) {
      ActionRange range = valid.range();
      Value mask = valid.mask();
      Value inRange =
          mask == null
              ? filled(batch, range.count(), 1)
              : graph.apply(
                  Operator.CAST,
                  Map.of("to", new Attribute.Whole(ElementType.FLOAT32.code())),
                  mask);
      float[] places = new float[range.count() * actions];
      for (int i = 0; i < range.count(); i++) {
        places[i * actions + range.first() + i] = 1;
      }
      Value spread =
          graph.constant(range + " of " + actions, Shape.of(range.count(), actions), places);
      return graph.apply(Operator.MATMUL, inRange, spread);
    }
  }
}
