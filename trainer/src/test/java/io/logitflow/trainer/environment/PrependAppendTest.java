package io.logitflow.trainer.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.trainer.config.EnvironmentConfig;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Small strings worked by hand, and what only strings that grow at both ends have. */
class PrependAppendTest {
  @Test
  void masksFollowTheLength() {
    Environment environment = environment(2, 3);
    StateBatch states = states(environment, List.of(List.of(), List.of(1), List.of(0, 1, 0)));
    boolean[] forward = new boolean[12];
    boolean[] backward = new boolean[6];

    environment.forwardMask(states, forward);
    environment.backwardMask(states, backward);

    assertThat(forward)
        .containsExactly(
            true, true, false, false, true, true, true, true, false, false, false, false);
    assertThat(backward).containsExactly(false, false, true, false, true, true);
  }

  @Test
  void aStringOfOneRepeatedTokenHasParallelEdges() {
    Environment environment = environment(2, 3);
    StateBatch states = states(environment, List.of(List.of(1, 1), List.of(1, 1)));
    int[] twins = new int[2];

    environment.step(states, new int[] {1, 3}, twins);

    assertThat(string(states, 0)).containsExactly(1, 1, 1).isEqualTo(string(states, 1));
    assertThat(twins).containsExactly(0, 1);
  }

  @Test
  void theFirstTokenIsMostSignificant() {
    Environment environment = environment(4, 5);
    long[] index = new long[1];

    environment.indices(states(environment, List.of(List.of(1, 0, 3))), index);

    assertThat(index[0]).isEqualTo(16 + 3);
  }

  @Test
  void pathsToAnObjectAreCountedAsInTheMultigraph() {
    // From the one token that the walk began with, each further one came from the left or right.
    Environment environment = environment(2, 5);
    Map<List<Integer>, Integer> paths = Map.of(List.of(), 1);
    for (int step = 0; step < 5; step++) {
      Map<List<Integer>, Integer> longer = new HashMap<>();
      paths.forEach(
          (string, count) ->
              children(environment, string)
                  .forEach(child -> longer.merge(child, count, Integer::sum)));
      paths = longer;
    }

    assertThat(paths).hasSize(32);
    assertThat(paths.values()).containsOnly(1 << 4);
  }

  @Test
  void countsEndWhereTheyNoLongerFit() {
    Environment environment = environment(2, 70);

    assertThat(environment.stateCount(62)).isEqualTo(OptionalLong.of(1L << 62));
    assertThat(environment.stateCount(63)).isEmpty();
    assertThat(environment.objectCount()).isEmpty();
    assertThat(environment(1, 70).objectCount()).hasValue(1);
    StateBatch states = environment.roots(1);
    Arrays.fill(states.cells(), 1);
    states.steps()[0] = 64;
    assertThatThrownBy(() -> environment.indices(states, new long[1]))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void featuresAreOneHotAndZeroBehindTheEnd() {
    Environment environment = environment(3, 2);
    StateBatch states = states(environment, List.of(List.of(), List.of(2), List.of(0, 1)));
    FloatBuffer features = FloatBuffer.allocate(3 * 6 + 2);
    Arrays.fill(features.array(), 7f);
    features.position(1);

    environment.writeFeatures(states, features);

    assertThat(features.position()).isEqualTo(19);
    assertThat(features.array())
        .containsExactly(7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 7);
  }

  @Test
  void featuresWiderThanTheBlockOfZerosAreWhole() {
    Environment environment = environment(700, 4);
    StateBatch states = states(environment, List.of(List.of(699, 0, 5, 699)));
    FloatBuffer features = FloatBuffer.allocate(2_800);
    Arrays.fill(features.array(), 7f);

    environment.writeFeatures(states, features);

    float[] expected = new float[2_800];
    for (int hot : new int[] {699, 700, 1_405, 2_799}) {
      expected[hot] = 1f;
    }
    assertThat(features.array()).isEqualTo(expected);
  }

  @Test
  void objectsOfAnotherLengthAreRefused() {
    Environment environment = environment(3, 2);
    ObjectBatch shorter = new ObjectBatch(1, 2, new int[2], new int[] {1});

    assertThatThrownBy(() -> environment.terminals(shorter))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an object of 1 tokens, not 2");
    assertThatThrownBy(() -> environment.objects(environment.roots(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a state 0 steps from the root is not terminal");
  }

  @Test
  void theFactoryTakesEverythingFromTheConfig() {
    Environment environment =
        Environments.create(new EnvironmentConfig.PrependAppend(List.of("Phe", "Gly"), "-", 4));

    assertThat(environment.type()).isEqualTo("prepend-append");
    assertThat(environment.tokens()).containsExactly("Phe", "Gly");
    assertThat(environment.separator()).isEqualTo("-");
    assertThat(environment.maximumLength()).isEqualTo(4);
    assertThat(environment.maximumSteps()).isEqualTo(4);
    assertThat(environment.actionCount()).isEqualTo(4);
    assertThat(environment.backwardActionCount()).isEqualTo(2);
    assertThat(environment.featureCount()).isEqualTo(8);
  }

  private static List<List<Integer>> children(Environment environment, List<Integer> string) {
    boolean[] mask = new boolean[environment.actionCount()];
    environment.forwardMask(states(environment, List.of(string)), mask);
    List<List<Integer>> children = new ArrayList<>();
    for (int action = 0; action < mask.length; action++) {
      if (mask[action]) {
        StateBatch state = states(environment, List.of(string));
        environment.step(state, new int[] {action}, new int[1]);
        children.add(string(state, 0));
      }
    }
    return children;
  }

  private static Environment environment(int vocabulary, int length) {
    List<String> tokens = IntStream.range(0, vocabulary).mapToObj(i -> "t" + i).toList();
    return new PrependAppend(tokens, "-", length);
  }

  private static StateBatch states(Environment environment, List<List<Integer>> strings) {
    StateBatch states = environment.roots(strings.size());
    for (int row = 0; row < strings.size(); row++) {
      List<Integer> string = strings.get(row);
      states.steps()[row] = string.size();
      for (int i = 0; i < string.size(); i++) {
        states.cells()[row * states.width() + i] = string.get(i);
      }
    }
    return states;
  }

  private static List<Integer> string(StateBatch states, int row) {
    int start = row * states.width();
    int[] cells = Arrays.copyOfRange(states.cells(), start, start + states.width());
    int end = states.steps()[row];
    assertThat(Arrays.copyOfRange(cells, end, cells.length)).isEqualTo(new int[cells.length - end]);
    return Arrays.stream(cells, 0, end).boxed().toList();
  }
}
