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
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Against strings of a {@code List<Integer>}, grown and cut in the plainest way. */
class PrependAppendTest {
  @Property(tries = 100, seed = "1")
  void stepsDoWhatTheirNamesSay(
      @ForAll @IntRange(min = 1, max = 5) int vocabulary,
      @ForAll @IntRange(min = 1, max = 7) int length,
      @ForAll long seed) {
    Environment environment = environment(vocabulary, length);
    Random random = new Random(seed);
    List<List<Integer>> strings = randomStrings(environment, 8, random);
    StateBatch states = states(environment, strings);
    StateBatch before = states.copy();
    boolean[] mask = new boolean[8 * environment.actionCount()];
    environment.forwardMask(states, mask);
    int[] actions = randomValid(mask, 8, random);
    int[] twins = new int[8];
    boolean[] backwardMask = new boolean[8 * environment.backwardActionCount()];

    environment.step(states, actions, twins);
    environment.backwardMask(states, backwardMask);

    for (int row = 0; row < 8; row++) {
      List<Integer> expected = new ArrayList<>(strings.get(row));
      if (actions[row] >= vocabulary) {
        expected.add(0, actions[row] - vocabulary);
      } else if (actions[row] >= 0) {
        expected.add(actions[row]);
      }
      assertThat(string(states, row)).isEqualTo(expected);
      if (actions[row] < 0) {
        assertThat(twins[row]).isEqualTo(Environment.NO_ACTION);
        assertThat(strings.get(row)).hasSize(length);
      } else {
        assertThat(backwardMask[row * 2 + twins[row]]).isTrue();
      }
    }

    int[] forwardTwins = new int[8];
    environment.stepBack(states, twins, forwardTwins);

    assertThat(forwardTwins).isEqualTo(actions);
    assertThat(states.cells()).isEqualTo(before.cells());
    assertThat(states.steps()).isEqualTo(before.steps());
  }

  @Property(tries = 100, seed = "2")
  void stepsBackDoWhatTheirNamesSay(
      @ForAll @IntRange(min = 1, max = 5) int vocabulary,
      @ForAll @IntRange(min = 1, max = 7) int length,
      @ForAll long seed) {
    Environment environment = environment(vocabulary, length);
    Random random = new Random(seed);
    List<List<Integer>> strings = randomStrings(environment, 8, random);
    StateBatch states = states(environment, strings);
    StateBatch before = states.copy();
    boolean[] mask = new boolean[8 * 2];
    environment.backwardMask(states, mask);
    int[] actions = randomValid(mask, 8, random);
    int[] twins = new int[8];
    boolean[] forwardMask = new boolean[8 * environment.actionCount()];

    environment.stepBack(states, actions, twins);
    environment.forwardMask(states, forwardMask);

    for (int row = 0; row < 8; row++) {
      List<Integer> whole = strings.get(row);
      int size = whole.size();
      List<Integer> expected =
          switch (actions[row]) {
            case 0 -> whole.subList(0, size - 1);
            case 1 -> whole.subList(1, size);
            default -> List.of();
          };
      assertThat(string(states, row)).isEqualTo(expected);
      if (actions[row] < 0) {
        assertThat(twins[row]).isEqualTo(Environment.NO_ACTION);
        assertThat(whole).isEmpty();
      } else {
        assertThat(forwardMask[row * environment.actionCount() + twins[row]]).isTrue();
      }
    }

    int[] backwardTwins = new int[8];
    environment.step(states, twins, backwardTwins);

    assertThat(backwardTwins).isEqualTo(actions);
    assertThat(states.cells()).isEqualTo(before.cells());
    assertThat(states.steps()).isEqualTo(before.steps());
  }

  @Property(tries = 50, seed = "3")
  void masksAllowExactlyWhatStepsAccept(
      @ForAll @IntRange(min = 1, max = 4) int vocabulary,
      @ForAll @IntRange(min = 1, max = 4) int length,
      @ForAll @IntRange(min = 0, max = 4) int size) {
    Environment environment = environment(vocabulary, length);
    int tokens = Math.min(size, length);
    boolean[] forward = new boolean[environment.actionCount()];
    boolean[] backward = new boolean[2];
    Arrays.fill(forward, tokens % 2 == 0);
    Arrays.fill(backward, tokens % 2 == 0);
    environment.forwardMask(environment.states(tokens, 0, 1), forward);
    environment.backwardMask(environment.states(tokens, 0, 1), backward);

    for (int action = 0; action < forward.length; action++) {
      int[] actions = {action};
      StateBatch state = environment.states(tokens, 0, 1);
      assertThat(accepts(() -> environment.step(state, actions, new int[1])))
          .isEqualTo(forward[action]);
    }
    for (int action = 0; action < 2; action++) {
      int[] actions = {action};
      StateBatch state = environment.states(tokens, 0, 1);
      assertThat(accepts(() -> environment.stepBack(state, actions, new int[1])))
          .isEqualTo(backward[action]);
    }
  }

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

  @Property(tries = 50, seed = "4")
  void backwardWalksEndInTheRoot(
      @ForAll @IntRange(min = 1, max = 5) int vocabulary,
      @ForAll @IntRange(min = 1, max = 9) int length,
      @ForAll long seed) {
    Environment environment = environment(vocabulary, length);
    Random random = new Random(seed);
    int[] tokens = random.ints(4L * length, 0, vocabulary).toArray();
    int[] lengths = {length, length, length, length};
    ObjectBatch objects = new ObjectBatch(4, length, tokens.clone(), lengths);
    StateBatch states = environment.terminals(objects);
    assertThat(environment.objects(states).tokens()).isEqualTo(tokens);
    assertThat(environment.objects(states).lengths()).isEqualTo(lengths);
    boolean[] mask = new boolean[8];
    for (int step = 0; step < environment.maximumSteps(); step++) {
      environment.backwardMask(states, mask);
      environment.stepBack(states, randomValid(mask, 4, random), new int[4]);
    }

    assertThat(states.steps()).containsOnly(0);
    assertThat(states.cells()).containsOnly(0);
  }

  @Property(tries = 50, seed = "5")
  void everyStateHasOneIndexAndEveryIndexOneState(
      @ForAll @IntRange(min = 1, max = 4) int vocabulary,
      @ForAll @IntRange(min = 1, max = 5) int length) {
    Environment environment = environment(vocabulary, length);
    for (int steps = 0; steps <= length; steps++) {
      int count = (int) Math.round(Math.pow(vocabulary, steps));
      assertThat(environment.stateCount(steps)).hasValue(count);
      StateBatch all = environment.states(steps, 0, count);
      long[] indices = new long[count];
      environment.indices(all, indices);
      assertThat(indices).isEqualTo(IntStream.range(0, count).asLongStream().toArray());
      List<List<Integer>> strings =
          IntStream.range(0, count).mapToObj(row -> string(all, row)).toList();
      assertThat(strings)
          .doesNotHaveDuplicates()
          .isSortedAccordingTo((a, b) -> Arrays.compare(array(a), array(b)));
      StateBatch last = environment.states(steps, count - 1, 1);
      assertThat(string(last, 0)).isEqualTo(strings.get(count - 1));
    }
    assertThat(environment.objectCount()).isEqualTo(environment.stateCount(length));
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

  private static boolean accepts(Runnable step) {
    try {
      step.run();
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Environment environment(int vocabulary, int length) {
    List<String> tokens = IntStream.range(0, vocabulary).mapToObj(i -> "t" + i).toList();
    return new PrependAppend(tokens, "-", length);
  }

  private static List<List<Integer>> randomStrings(
      Environment environment, int rows, Random random) {
    int vocabulary = environment.tokens().size();
    return IntStream.range(0, rows)
        .mapToObj(
            row ->
                random
                    .ints(random.nextInt(environment.maximumLength() + 1), 0, vocabulary)
                    .boxed()
                    .toList())
        .toList();
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

  private static int[] array(List<Integer> string) {
    return string.stream().mapToInt(token -> token).toArray();
  }

  private static int[] randomValid(boolean[] mask, int rows, Random random) {
    int width = mask.length / rows;
    return IntStream.range(0, rows)
        .map(
            row -> {
              int[] valid = IntStream.range(0, width).filter(a -> mask[row * width + a]).toArray();
              return valid.length == 0
                  ? Environment.NO_ACTION
                  : valid[random.nextInt(valid.length)];
            })
        .toArray();
  }
}
