package io.logitflow.exporter.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.PrependAppend;
import io.logitflow.trainer.environment.StateBatch;
import java.util.List;
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
    EnvironmentLowering lowering = EnvironmentLowering.of(environment);
    for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
      int rows = (int) environment.stateCount(steps).orElseThrow();
      StateBatch states = environment.states(steps, 0, rows);
      int actions = environment.actionCount();
      boolean[] forward = new boolean[rows * actions];
      environment.forwardMask(states, forward);
      boolean[] backward = new boolean[rows * environment.backwardActionCount()];
      environment.backwardMask(states, backward);
      EnvironmentLowering.ActionRange valid = lowering.validActions(steps);
      for (int index = 0; index < forward.length; index++) {
        int action = index % actions;
        boolean inRange = action >= valid.first() && action < valid.first() + valid.count();
        assertThat(forward[index]).isEqualTo(inRange);
      }
      for (int row = 0; row < rows; row++) {
        int count = 0;
        for (int action = 0; action < environment.backwardActionCount(); action++) {
          count += backward[row * environment.backwardActionCount() + action] ? 1 : 0;
        }
        assertThat(lowering.backwardActions(steps)).isEqualTo(count);
      }
    }
  }
}
