package io.logitflow.trainer.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.NonAutoregressive;
import io.logitflow.trainer.environment.PrependAppend;
import io.logitflow.trainer.environment.StateBatch;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WindowEmbeddingTest {
  private static final List<String> BASES = List.of("A", "C", "G", "T");

  static Stream<Environment> environments() {
    return Stream.of(
        new PrependAppend(List.of("A", "B", "C"), "", 4),
        new Autoregressive(List.of("A", "B", "C"), "", 2, 4),
        new NonAutoregressive(List.of("A", "B"), "", 4),
        new Hypergrid(4, 3));
  }

  @ParameterizedTest
  @MethodSource("environments")
  void whatStandsInAWindowAloneDecidesItsRow(Environment environment) {
    int k = 3;
    WindowEmbedding windows = new WindowEmbedding("w", environment, k, 5);
    assertThat(windows.windows()).isEqualTo(2);
    float[] weights = windows.weights();
    int vocabulary = environment.tokens().size();
    for (int window = 0; window < windows.windows(); window++) {
      Map<String, Integer> rows = new HashMap<>();
      for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
        int count = (int) environment.stateCount(steps).orElseThrow();
        StateBatch states = environment.states(steps, 0, count);
        float[] features = new float[count * environment.featureCount()];
        environment.writeFeatures(states, FloatBuffer.wrap(features));
        for (int state = 0; state < count; state++) {
          int from = state * environment.featureCount();
          float number = 0;
          for (int i = 0; i < environment.featureCount(); i++) {
            number += features[from + i] * weights[i * windows.windows() + window];
          }
          String content =
              Arrays.toString(
                  Arrays.copyOfRange(
                      features, from + window * vocabulary, from + (window + k) * vocabulary));
          assertThat(number).isBetween(0f, windows.rows() - 1f);
          assertThat(rows.merge(content, (int) number, (old, now) -> old.equals(now) ? old : -1))
              .isEqualTo((int) number);
        }
      }
      assertThat(rows.values()).as("rows of different contents").doesNotHaveDuplicates();
    }
  }

  @Test
  void stringsOfUpToThreeBasesHaveARowEach() {
    assertThat(new WindowEmbedding("w", new PrependAppend(BASES, "", 8), 3, 16).shapes())
        .hasSize(6)
        .containsEntry("w.0.rows", List.of(85, 16))
        .containsEntry("w.5.rows", List.of(85, 16));
  }

  @Test
  void windowsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> new WindowEmbedding("w", new Hypergrid(2, 5), 3, 8))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "policy.window: found 3, expected at most the 2 positions of a state, in an environment"
                + " whose features are a token or none at each");
    assertThatThrownBy(() -> new WindowEmbedding("w", new Autoregressive(BASES, "", 60, 60), 40, 8))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("policy.window: found 40, which can be filled in 1611901092819")
        .hasMessageEndingWith(" ways, expected at most 399457 ways");
  }
}
