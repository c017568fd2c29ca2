package io.logitflow.trainer.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectTextTest {
  private static final ObjectText DNA = text(List.of("A", "C", "G", "T"), "", 4);
  private static final ObjectText PEPTIDES = text(List.of("Phe", "Gly", "P"), "::", 3);

  @Test
  void singleCharactersNeedNoSeparator() {
    assertThat(DNA.parse("f", "TGCA")).containsExactly(3, 2, 1, 0);
    assertThat(text(List.of("\uD83E\uDDEC", "b"), "", 3).parse("f", "b\uD83E\uDDECb"))
        .containsExactly(1, 0, 1);
  }

  @Test
  void longerNamesStandBetweenSeparators() {
    assertThat(PEPTIDES.parse("f", "Gly::P::Phe")).containsExactly(1, 2, 0);
  }

  @Property(tries = 100, seed = "1")
  void whatIsWrittenReadsBack(@ForAll @Size(3) List<@IntRange(min = 0, max = 2) Integer> tokens) {
    int[] ids = tokens.stream().mapToInt(token -> token).toArray();
    int[] twoRows = IntStream.concat(IntStream.of(0, 0, 0), IntStream.of(ids)).toArray();

    String written = PEPTIDES.format(new ObjectBatch(2, 3, twoRows, new int[] {3, 3}), 1);

    assertThat(PEPTIDES.parse("f", written)).isEqualTo(ids);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ACXT | f.csv:3: found token \"X\" in \"ACXT\", expected tokens among A, C, G, T",
        "ACgT | f.csv:3: found token \"g\" in \"ACgT\", expected tokens among A, C, G, T",
        "ACG | f.csv:3: found \"ACG\" of 3 tokens, expected 4 tokens",
        "A | f.csv:3: found \"A\" of 1 token, expected 4 tokens",
        "ACGTA | f.csv:3: found \"ACGTA\" of 5 tokens, expected 4 tokens",
        "'' | f.csv:3: found \"\" of 0 tokens, expected 4 tokens",
        "'A CG' | f.csv:3: found token \" \" in \"A CG\", expected tokens among A, C, G, T",
      })
  void faultsNameTokenOrLength(String object, String message) {
    assertThatThrownBy(() -> DNA.parse("f.csv:3", object))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Gly::::P | f: found token \"\" in \"Gly::::P\", expected tokens among Phe, Gly, P",
        "Gly::P:: | f: found token \"\" in \"Gly::P::\", expected tokens among Phe, Gly, P",
        "GlyPPhe | f: found token \"GlyPPhe\" in \"GlyPPhe\", expected tokens among Phe, Gly, P",
        "Gly::P | f: found \"Gly::P\" of 2 tokens, expected 3 tokens",
      })
  void faultsBetweenSeparatorsNameTokenOrLength(String object, String message) {
    assertThatThrownBy(() -> PEPTIDES.parse("f", object)).hasMessage(message);
  }

  @Test
  void lengthsMayVaryWithinTheirBounds() {
    ObjectText text = new ObjectText(new Autoregressive(List.of("A", "C"), "", 2, 4));

    assertThat(text.parse("f", "CA")).containsExactly(1, 0);
    assertThat(text.parse("f", "CACC")).containsExactly(1, 0, 1, 1);
    assertThat(text.format(new ObjectBatch(1, 4, new int[] {1, 0, 1, 0}, new int[] {3}), 0))
        .isEqualTo("CAC");
    assertThatThrownBy(() -> text.parse("f", "A"))
        .hasMessage("f: found \"A\" of 1 token, expected 2 to 4 tokens");
    assertThatThrownBy(() -> text.parse("f", "AAAAA"))
        .hasMessage("f: found \"AAAAA\" of 5 tokens, expected 2 to 4 tokens");
  }

  @Test
  void messagesStayOneShortLine() {
    List<String> names = IntStream.range(0, 30).mapToObj(i -> "t" + i).toList();

    assertThatThrownBy(() -> text(names, "-", 2).parse("f", "a\nb" + "c".repeat(500)))
        .hasMessage(
            "f: found token \"a b"
                + "c".repeat(77)
                + "...\" in \"a b"
                + "c".repeat(77)
                + "...\", expected tokens among "
                + String.join(", ", names.subList(0, 20))
                + ", ... (30 in all)");
  }

  private static ObjectText text(List<String> tokens, String separator, int length) {
    return new ObjectText(new PrependAppend(tokens, separator, length));
  }
}
