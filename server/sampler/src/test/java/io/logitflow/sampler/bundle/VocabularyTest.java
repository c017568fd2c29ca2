package io.logitflow.sampler.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class VocabularyTest {
  @Test
  void writesAnObjectAsText() {
    Vocabulary letters = of(List.of("A", "C", "G", "T"), "");
    ByteBuffer rows = ByteBuffer.wrap(new byte[] {3, 0, 0, 2, 1, 3});

    assertThat(letters.text(rows, 0, 2)).isEqualTo("TA");
    assertThat(letters.text(rows, 3, 3)).isEqualTo("GCT");
    assertThat(letters.bytesPerToken()).isEqualTo(1);
  }

  @Test
  void separatesNamesOfSeveralCharacters() {
    assertThat(of(List.of("Br", "C"), "-").text(ByteBuffer.wrap(new byte[] {1, 0, 1}), 0, 3))
        .isEqualTo("C-Br-C");
  }

  @Test
  void readsTwoLittleEndianBytesAboveTwoHundredFiftySix() {
    Vocabulary large = of(IntStream.range(0, 300).mapToObj(Integer::toString).toList(), " ");
    ByteBuffer rows = ByteBuffer.wrap(new byte[] {43, 1, (byte) 255, 0});

    assertThat(large.bytesPerToken()).isEqualTo(2);
    assertThat(large.text(rows, 0, 2)).isEqualTo("299 255");
  }

  @Test
  void takesOneByteForTheLargestTokenOfTwoHundredFiftySix() {
    Vocabulary full = of(IntStream.range(0, 256).mapToObj(Integer::toString).toList(), " ");

    assertThat(full.text(ByteBuffer.wrap(new byte[] {(byte) 255}), 0, 1)).isEqualTo("255");
  }

  private static Vocabulary of(List<String> tokens, String separator) {
    return new Vocabulary(
        io.logitflow.v1.Vocabulary.newBuilder()
            .addAllTokens(tokens)
            .setSeparator(separator)
            .build());
  }
}
