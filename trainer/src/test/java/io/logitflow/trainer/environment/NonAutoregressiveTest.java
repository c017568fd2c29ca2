package io.logitflow.trainer.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Words of three bits, worked by hand. */
class NonAutoregressiveTest {
  private static final Environment BITS = new NonAutoregressive(List.of("0", "1"), "", 3);

  /** 1 in the middle, then 0 in front. */
  private static StateBatch partial() {
    StateBatch states = BITS.roots(1);
    BITS.step(states, new int[] {3}, new int[1]);
    BITS.step(states, new int[] {0}, new int[1]);
    return states;
  }

  @Test
  void sizesFollowFromTheConfig() {
    assertThat(BITS.actionCount()).isEqualTo(6);
    assertThat(BITS.backwardActionCount()).isEqualTo(3);
    assertThat(BITS.maximumSteps()).isEqualTo(3);
    assertThat(BITS.featureCount()).isEqualTo(6);
    assertThat(BITS.objectCount()).hasValue(8);
    assertThat(IntStream.rangeClosed(0, 3).mapToLong(t -> BITS.stateCount(t).orElseThrow()))
        .containsExactly(1L, 6L, 12L, 8L);
  }

  @Test
  void emptyPositionsCanBeFilledAndFilledOnesEmptied() {
    boolean[] forward = new boolean[6];
    boolean[] backward = new boolean[3];

    BITS.forwardMask(partial(), forward);
    BITS.backwardMask(partial(), backward);

    assertThat(partial().cells()).containsExactly(1, 2, 0);
    assertThat(forward).containsExactly(false, false, false, false, true, true);
    assertThat(backward).containsExactly(true, true, false);
  }

  @Test
  void twinsAreThePositionAndWhatStoodThere() {
    StateBatch states = partial();
    int[] twins = new int[1];

    BITS.step(states, new int[] {5}, twins);
    assertThat(twins).containsExactly(2);
    assertThat(states.cells()).containsExactly(1, 2, 2);
    BITS.stepBack(states, new int[] {1}, twins);
    assertThat(twins).containsExactly(3);
    assertThat(states.cells()).containsExactly(1, 0, 2);
  }

  @Test
  void statesComeByTheirFilledPositionsThenByTheirTokens() {
    assertThat(BITS.states(1, 0, 6).cells())
        .containsExactly(1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 2);
    long[] index = new long[1];
    BITS.indices(partial(), index);
    assertThat(index).containsExactly(1);
    // The sets of two out of three: 01, 02, 12.
    assertThat(BITS.states(2, 4 + 2, 1).cells()).containsExactly(2, 0, 1);
    assertThat(BITS.states(2, 8, 1).cells()).containsExactly(0, 1, 1);
  }

  @Test
  void featuresAreOneHotAndZeroWhereEmpty() {
    FloatBuffer features = FloatBuffer.allocate(6);
    Arrays.fill(features.array(), 7f);

    BITS.writeFeatures(partial(), features);

    assertThat(features.array()).containsExactly(1, 0, 0, 1, 0, 0);
  }

  @Test
  void objectsAreWords() {
    ObjectText text = new ObjectText(BITS);

    assertThat(text.format(BITS.objects(6, 1), 0)).isEqualTo("110");
    assertThat(BITS.terminals(BITS.objects(6, 1)).cells()).containsExactly(2, 2, 1);
    assertThatThrownBy(() -> BITS.objects(partial()))
        .hasMessage("a state 2 steps from the root is not terminal");
  }

  @Test
  void longWordsAreIndexedAsFarAsNumbersReach() {
    Environment environment = new NonAutoregressive(List.of("0", "1", "2"), "", 60);
    Random random = new Random(4);
    StateBatch states = environment.roots(200);
    for (int row = 0; row < states.rows(); row++) {
      for (int filled = row % 12; filled > 0; filled--) {
        int cell = row * 60 + random.nextInt(60);
        states.steps()[row] += states.cells()[cell] == 0 ? 1 : 0;
        states.cells()[cell] = 1 + random.nextInt(3);
      }
    }
    long[] indices = new long[200];
    environment.indices(states, indices);
    for (int row = 0; row < states.rows(); row++) {
      StateBatch found = environment.states(states.steps()[row], indices[row], 1);
      assertThat(found.cells()).isEqualTo(states.select(new int[] {row}).cells());
    }

    assertThat(environment.stateCount(1)).hasValue(180);
    assertThat(environment.stateCount(30)).isEmpty();
    assertThat(environment.objectCount()).isEmpty();
    StateBatch last = environment.roots(1);
    Arrays.fill(last.cells(), 20, 60, 3);
    last.steps()[0] = 40;
    assertThatThrownBy(() -> environment.indices(last, new long[1]))
        .isInstanceOf(ArithmeticException.class);
    // The first set of positions is number 0, however many words it has.
    assertThat(environment.states(60, 5, 1).cells()).startsWith(1, 1).endsWith(1, 2, 3);
  }
}
