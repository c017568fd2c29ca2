package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.exporter.graph.ElementType;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Operator;
import io.logitflow.exporter.graph.Shape;
import io.logitflow.exporter.graph.Value;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.PrependAppend;
import io.logitflow.trainer.environment.StateBatch;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EnvironmentLoweringTest {
  /** At least one of every kind; the walks of each are compared in {@link RolloutLoweringTest}. */
  static Stream<Environment> environments() {
    return Stream.of(
        new PrependAppend(List.of("A"), "", 3),
        new PrependAppend(List.of("A", "C", "G", "T"), "", 4),
        new PrependAppend(List.of("one", "two", "three"), "-", 1));
  }

  @Test
  void everyKindOfEnvironmentIsHere() {
    assertThat(environments().map(Object::getClass).distinct())
        .containsExactlyInAnyOrder(Environment.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("environments")
  void knowsTheMasksOfEveryState(Environment environment) {
    EnvironmentLowering.ActionRange root = EnvironmentLowering.of(environment).rootActions();
    for (int steps = 0; steps < environment.maximumSteps(); steps++) {
      int rows = (int) environment.stateCount(steps).orElseThrow();
      int actions = environment.actionCount();
      boolean[] mask = new boolean[rows * actions];
      environment.forwardMask(environment.states(steps, 0, rows), mask);
      for (int index = 0; index < mask.length; index++) {
        int action = index % actions;
        boolean inRoot = action >= root.first() && action < root.first() + root.count();
        assertThat(mask[index]).isEqualTo(steps > 0 || inRoot);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("environments")
  void knowsTheBackwardProbabilityOfEveryTrajectory(Environment environment) {
    float lowered = logBackward(environment);
    for (int object = 0; object < environment.objectCount().orElseThrow(); object++) {
      StateBatch state = environment.states(environment.maximumSteps(), object, 1);
      boolean[] mask = new boolean[environment.backwardActionCount()];
      double expected = 0;
      for (int steps = environment.maximumSteps(); steps > 0; steps--) {
        environment.backwardMask(state, mask);
        int[] valid = IntStream.range(0, mask.length).filter(action -> mask[action]).toArray();
        expected -= Math.log(valid.length);
        environment.stepBack(state, new int[] {valid[object % valid.length]}, new int[1]);
      }
      assertThat(lowered).isCloseTo((float) expected, within(1e-6f));
    }
  }

  /** Reads log P_B off the graph of a trajectory of first actions. */
  private static float logBackward(Environment environment) {
    EnvironmentLowering lowering = EnvironmentLowering.of(environment);
    GraphBuilder graph = new GraphBuilder("trajectory", "B");
    Value uniform = graph.input("uniform", ElementType.FLOAT32, Shape.BATCH, 1);
    LoweredState state =
        lowering.firstStep(graph, first(graph, uniform, lowering.rootActions().count()));
    for (int step = 1; step < environment.maximumSteps(); step++) {
      state = state.step(graph, first(graph, uniform, environment.actionCount()));
    }
    graph.output("log_pb", state.logBackward(graph, graph.integers("batch", 1)));
    OnnxGraph built = graph.build("test", new TreeMap<>());
    return GraphRun.of(built, 1, Map.of("uniform", new float[1])).floats("log_pb")[0];
  }

  private static ActionChoice first(GraphBuilder graph, Value uniform, int actions) {
    Value equal = graph.constant("equal" + actions, Shape.of(1, actions), new float[actions]);
    return ActionChoice.choose(graph, graph.apply(Operator.MUL, uniform, equal), uniform);
  }
}
