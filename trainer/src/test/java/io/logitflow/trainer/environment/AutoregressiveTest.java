package io.logitflow.trainer.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two tokens, two to four of them, worked by hand; fixed lengths where they differ. */
class AutoregressiveTest {
  private static final Environment VARYING = new Autoregressive(List.of("A", "B"), "", 2, 4);
  private static final Environment FIXED = new Autoregressive(List.of("A", "B"), "", 3, 3);

  @Test
  void sizesFollowFromTheConfig() {
    assertThat(VARYING.actionCount()).isEqualTo(3);
    assertThat(VARYING.backwardActionCount()).isEqualTo(1);
    assertThat(VARYING.maximumSteps()).isEqualTo(4);
    assertThat(VARYING.minimumLength()).isEqualTo(2);
    assertThat(VARYING.maximumLength()).isEqualTo(4);
    assertThat(VARYING.featureCount()).isEqualTo(8);
    assertThat(VARYING.roots(1).width()).isEqualTo(5);
    assertThat(VARYING.objectCount()).hasValue(4 + 8 + 16);
    assertThat(FIXED.actionCount()).isEqualTo(2);
    assertThat(FIXED.maximumSteps()).isEqualTo(3);
    assertThat(FIXED.roots(1).width()).isEqualTo(3);
    assertThat(FIXED.objectCount()).hasValue(8);
  }

  @Test
  void stoppingIsValidFromTheMinimumLengthOn() {
    StateBatch states = VARYING.roots(1);

    assertThat(forward(states)).containsExactly(true, true, false);
    take(states, 1);
    assertThat(forward(states)).containsExactly(true, true, false);
    take(states, 0);
    assertThat(forward(states)).containsExactly(true, true, true);
    take(states, 1);
    assertThat(forward(states)).containsExactly(true, true, true);
    take(states, 2);
    assertThat(forward(states)).containsExactly(false, false, false);
    assertThat(states.cells()).containsExactly(1, 0, 1, 0, 1);
    assertThat(states.steps()).containsExactly(4);
  }

  @Test
  void aStringOfAllTokensIsTerminalByItself() {
    StateBatch states = VARYING.roots(1);
    for (int action : new int[] {1, 0, 1, 1}) {
      take(states, action);
    }

    assertThat(forward(states)).containsExactly(false, false, false);
    assertThat(states.cells()).containsExactly(1, 0, 1, 1, 0);
    assertThat(states.steps()).containsExactly(4);
  }

  @Test
  void stoppedStringsComeBehindTheOpenOnesOfTheirDistance() {
    long[] indices = new long[2];
    StateBatch states = VARYING.roots(2);
    VARYING.step(states, new int[] {1, 1}, new int[2]);
    VARYING.step(states, new int[] {0, 0}, new int[2]);
    VARYING.step(states, new int[] {1, 2}, new int[2]);

    VARYING.indices(states, indices);

    assertThat(indices).containsExactly(5, 8 + 2);
    assertThat(VARYING.stateCount(2)).hasValue(4);
    assertThat(VARYING.stateCount(3)).hasValue(8 + 4);
    assertThat(VARYING.stateCount(4)).hasValue(16 + 8);
    assertThat(VARYING.states(3, 10, 1).cells()).containsExactly(1, 0, 0, 0, 1);
  }

  @Test
  void shorterObjectsComeFirst() {
    ObjectText text = new ObjectText(VARYING);

    assertThat(text.format(VARYING.objects(0, 1), 0)).isEqualTo("AA");
    assertThat(text.format(VARYING.objects(3, 2), 0)).isEqualTo("BB");
    assertThat(text.format(VARYING.objects(3, 2), 1)).isEqualTo("AAA");
    assertThat(text.format(VARYING.objects(4 + 5, 1), 0)).isEqualTo("BAB");
    assertThat(text.format(VARYING.objects(27, 1), 0)).isEqualTo("BBBB");
  }

  @Test
  void theStopDoesNotShowInTheFeatures() {
    StateBatch states = VARYING.roots(1);
    take(states, 1);
    take(states, 0);
    float[] open = features(states);
    take(states, 2);

    assertThat(open).containsExactly(0, 1, 1, 0, 0, 0, 0, 0);
    assertThat(features(states)).isEqualTo(open);
  }

  @Test
  void fixedLengthsHaveNoStop() {
    StateBatch states = FIXED.roots(1);
    FIXED.step(states, new int[] {1}, new int[1]);
    FIXED.step(states, new int[] {1}, new int[1]);

    assertThatThrownBy(() -> FIXED.step(states, new int[] {2}, new int[1]))
        .hasMessage("action 2 is not valid in a state 2 steps from the root");
  }

  @Test
  void countsEndWhereTheyNoLongerFit() {
    Environment environment = new Autoregressive(List.of("A", "B"), "", 1, 70);

    assertThat(environment.stateCount(61)).hasValue(3L << 60);
    assertThat(environment.stateCount(62)).hasValue(3L << 61);
    assertThat(environment.stateCount(63)).isEmpty();
    assertThat(environment.objectCount()).isEmpty();
    assertThat(new Autoregressive(List.of("A", "B"), "", 1, 62).objectCount())
        .hasValue(Long.MAX_VALUE - 1);
    StateBatch stopped = environment.roots(1);
    stopped.steps()[0] = 64;
    stopped.cells()[70] = 1;
    assertThatThrownBy(() -> environment.indices(stopped, new long[1]))
        .isInstanceOf(ArithmeticException.class);
    ObjectBatch longer = new ObjectBatch(1, 70, new int[70], new int[] {64});
    assertThatThrownBy(() -> environment.objectIndices(longer, new long[1]))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void objectsOfAnotherLengthAreRefused() {
    assertThatThrownBy(() -> VARYING.terminals(new ObjectBatch(1, 4, new int[4], new int[] {1})))
        .hasMessage("an object of 1 tokens, not 2 to 4");
    assertThatThrownBy(() -> new Autoregressive(List.of("A"), "", 4, 3))
        .hasMessage("1 tokens, length 4 to 3");
  }

  private static void take(StateBatch states, int action) {
    VARYING.step(states, new int[] {action}, new int[1]);
  }

  private static boolean[] forward(StateBatch states) {
    boolean[] mask = new boolean[3];
    VARYING.forwardMask(states, mask);
    return mask;
  }

  private static float[] features(StateBatch states) {
    FloatBuffer features = FloatBuffer.allocate(8);
    Arrays.fill(features.array(), 7f);
    VARYING.writeFeatures(states, features);
    return features.array();
  }
}
