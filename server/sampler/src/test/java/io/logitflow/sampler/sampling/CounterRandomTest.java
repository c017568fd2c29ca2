package io.logitflow.sampler.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CounterRandomTest {
  /** The known answers that Random123, the authors' library, publishes for philox4x32-10. */
  @ParameterizedTest
  @CsvSource({
    "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1"
  })
  void agreesWithThePublishedVectors(String counter, String key, String expected) {
    int[] keys = words(key);

    assertThat(encrypted(words(counter), keys[0], keys[1])).isEqualTo(words(expected));
  }

  @Test
  void placesSeedRowAndStepAsTheProtocolSays() {
    long seed = 0x299f31d0_a4093822L;
    long row = 0x05a308d3_243f6a88L;
    FloatBuffer uniforms = FloatBuffer.allocate(8);

    new CounterRandom().fill(seed, row, 1, uniforms, 1, 6);

    float[] expected = new float[6];
    for (int step = 0; step < 6; step++) {
      int[] counter = {0x243f6a88, 0x05a308d3, step / 4, 0};
      int[] block = encrypted(counter, 0xa4093822, 0x299f31d0);
      expected[step] = (float) ((block[step % 4] >>> 8) / 16_777_216.0);
    }
    assertThat(uniforms.array()).startsWith(0F).endsWith(0F).containsSequence(expected);
    assertThat(uniforms.position()).isZero();
  }

  @Test
  void hasOtherNumbersInTheStreamOfBackwardTrajectories() {
    FloatBuffer uniforms = FloatBuffer.allocate(2);

    new CounterRandom().fill(CounterRandom.BACKWARD_STREAM, 7, 9, 1, uniforms, 0, 2);

    int[] block = encrypted(new int[] {9, 0, 0, 1}, 7, 0);
    assertThat(uniforms.array())
        .containsExactly((block[0] >>> 8) * 0x1p-24F, (block[1] >>> 8) * 0x1p-24F);
  }

  @Test
  void staysBelowOneAndReachesBothHalves() {
    FloatBuffer uniforms = FloatBuffer.allocate(4_096);

    new CounterRandom().fill(3, 1, 1, uniforms, 0, 4_096);

    int upper = 0;
    for (float uniform : uniforms.array()) {
      assertThat(uniform).isBetween(0F, 0x1.fffffep-1F);
      upper += uniform >= 0.5F ? 1 : 0;
    }
    // Binomial(4096, 1/2): five standard deviations are 160.
    assertThat(upper).isBetween(2_048 - 160, 2_048 + 160);
  }

  /** Rows around 2^32 and more of them than go side by side, against one row at a time. */
  @Test
  void givesARowTheSameNumbersWhateverRowsAreWrittenWithIt() {
    long first = (1L << 32) - 300;
    FloatBuffer together = FloatBuffer.allocate(5 + 600 * 7);

    new CounterRandom().fill(12, first, 600, together, 5, 7);

    FloatBuffer alone = FloatBuffer.allocate(7);
    CounterRandom random = new CounterRandom();
    for (int row = 0; row < 600; row++) {
      random.fill(12, first + row, 1, alone, 0, 7);
      assertThat(alone).isEqualTo(together.slice(5 + row * 7, 7));
    }
  }

  /** Goes through the middle one of the lanes. */
  private static int[] encrypted(int[] counter, int lowKey, int highKey) {
    int middle = CounterRandom.LANES / 2;
    long[][] lanes = new long[4][CounterRandom.LANES];
    for (int word = 0; word < 4; word++) {
      lanes[word][middle] = Integer.toUnsignedLong(counter[word]);
    }
    CounterRandom.encrypt(lanes, lowKey, highKey);
    return Arrays.stream(lanes).mapToInt(word -> (int) word[middle]).toArray();
  }

  private static int[] words(String text) {
    return Arrays.stream(text.trim().split(" "))
        .mapToInt(word -> Integer.parseUnsignedInt(word, 16))
        .toArray();
  }
}
