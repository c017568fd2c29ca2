package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.contract.Sha256;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.environment.PrependAppend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MotifRewardTest {
  private static final Path MEF2A =
      Path.of("src/test/resources/io/logitflow/trainer/reward/MA0052.1.jaspar").toAbsolutePath();
  private static final List<String> BASES = List.of("A", "C", "G", "T");
  private static final String COUNTS = "A [ 4 1 0 ]\nC [ 0 1 2.5 ]\nG [ 1 1 3 ]\nT [ 0 1 9 ]\n";

  private Path file;

  @BeforeEach
  void nameTheFile(@TempDir Path directory) {
    file = directory.resolve("motif.jaspar");
  }

  @ParameterizedTest
  @CsvSource({
    // By Biopython 1.88: pssm.calculate on both strands, pseudocounts 0.2, relative to min and max.
    "CTATTTATAG, 1",
    "ACGTACGTACGTGG, 0.5165668",
    "TTCTAAAAATAGCC, 0.9898817",
    "GGGGGGGGGGGG, 0.16391023",
  })
  void aRealMotifScoresAsBiopythonSays(String sequence, double expected) {
    Environment dna = new PrependAppend(BASES, "", sequence.length());

    double[] scores = read(MEF2A, 0.8, dna).scores(objects(dna, sequence));

    assertThat(scores[0]).isCloseTo(expected, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({"ACGT, 0.8", "TGCA, 0.1", "GATC, 5"})
  void theScoreIsTheBestWindowOfEitherStrand(String order, double pseudocount) {
    write(">X1 test\n" + COUNTS);
    Environment dna = new PrependAppend(List.of(order.split("")), "", 6);
    double[][] counts = {{4, 1, 0}, {0, 1, 2.5}, {1, 1, 3}, {0, 1, 9}};
    Random random = new Random(3);
    int[][] tokens = new int[100][];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = random.ints(3 + i % 4, 0, 4).toArray();
    }
    ObjectBatch objects = RewardFixture.objects(6, tokens);

    double[] scores = read(file, pseudocount, dna).scores(objects);

    ObjectText text = new ObjectText(dna);
    for (int row = 0; row < scores.length; row++) {
      String sequence = text.format(objects, row);
      double best =
          Math.max(
              best(counts, sequence, pseudocount),
              best(counts, otherStrand(sequence), pseudocount));
      double lowest = extreme(counts, pseudocount, -1);
      double highest = extreme(counts, pseudocount, 1);
      assertThat(scores[row])
          .isCloseTo((best - lowest) / (highest - lowest), within(1e-12))
          .isBetween(0.0, 1.0);
    }
  }

  @Test
  void uracilPairsAsThymineDoes() {
    Environment dna = new PrependAppend(BASES, "", 10);
    Environment rna = new PrependAppend(List.of("A", "C", "G", "U"), "", 10);
    ObjectBatch objects = objects(dna, "CTATTTATAG", "AAATTTCCGG");

    assertThat(read(MEF2A, 0.8, rna).scores(objects))
        .isEqualTo(read(MEF2A, 0.8, dna).scores(objects));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ">X\n4 1 0\n0 1 2.5\n1 1 3\n0 1 9\n",
        "\n>X test more\r\nA  4\t1 0\r\n\r\nC[0 1 2.5]\r\nG [1 1 3 ]\r\nT  [  0 1 9]",
      })
  void otherLayoutsOfTheFormatReadTheSame(String text) {
    Environment dna = new PrependAppend(BASES, "", 3);
    write(">X1 test\n" + COUNTS);
    double[] expected = read(file, 0.8, dna).scores(dna.objects(0, 64));
    write(text);

    Reward reward = read(file, 0.8, dna);

    assertThat(reward.scores(dna.objects(0, 64))).isEqualTo(expected);
    assertThat(reward.fingerprint()).isEqualTo(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void allFaultsOfAFileAreReported() {
    write("X1 test\nA [ 4 x 0 ]\nG [ 1 ]\nG [ -1 1 NaN ]\nT [ 0 1 9 ]\n>X2\n");
    assertThat(faults())
        .containsExactly(
            ":1: found \"X1 test\", expected a line >ID NAME",
            ":2: found count \"x\", expected a number of at least 0",
            ":3: found \"G [ 1 ]\", expected the counts of C",
            ":4: found count \"-1\", expected a number of at least 0",
            ":4: found count \"NaN\", expected a number of at least 0",
            ":6: found \">X2\", expected no line behind those of A, C, G and T");
  }

  @Test
  void aMatrixMustBeWhole() {
    write(">X1\nA [ 4 ]\nC [ 1 ]\n");
    assertThat(faults())
        .containsExactly(
            ": found 2 lines of counts, expected a line >ID NAME and one for each of A, C, G and"
                + " T");
    write("");
    assertThat(faults())
        .containsExactly(
            ": found 0 lines of counts, expected a line >ID NAME and one for each of A, C, G and"
                + " T");
    write(">X1\nA [ 4 0 ]\nC [ 1 0 ]\nG [ 0 ]\nT [ ]\n");
    assertThat(faults())
        .containsExactly(
            ": found lines of [2, 2, 1, 0] counts, expected as many for each base, at least 1");
    write(">X1\nA [ 4 0 ]\nC [ 1 0 ]\nG [ 0 0 ]\nT [ 0 0 ]\n");
    assertThat(faults())
        .containsExactly(": found no counts at position 2, expected some at every position");
    write(">X1\nA [ 2 1 ]\nC [ 2 1 ]\nG [ 2 1 ]\nT [ 2 1 ]\n");
    assertThat(faults())
        .containsExactly(
            ": found a motif that all bases match alike, expected a position where one base was"
                + " seen more often than another");
  }

  @Test
  void filesThatAreNoMatrixAreOneLine() throws IOException {
    String expected = ", expected one position frequency matrix in JASPAR's format";
    assertThat(faults()).containsExactly(": found no such file" + expected);
    Files.write(file, ">\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(faults()).containsExactly(": found bytes that are not UTF-8" + expected);
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(faults()).containsExactly(": found a directory" + expected);
  }

  @Test
  void objectsMustHoldTheMotif() {
    write(">X1 test\n" + COUNTS);

    assertThat(faults(new PrependAppend(BASES, "", 2)))
        .containsExactly(
            ": found a motif of 3 positions, expected at most 2, the fewest tokens of an object of"
                + " the environment");
  }

  private static double best(double[][] counts, String sequence, double pseudocount) {
    double best = Double.NEGATIVE_INFINITY;
    for (int start = 0; start + counts[0].length <= sequence.length(); start++) {
      double sum = 0;
      for (int i = 0; i < counts[0].length; i++) {
        sum += logOdds(counts, "ACGT".indexOf(sequence.charAt(start + i)), i, pseudocount);
      }
      best = Math.max(best, sum);
    }
    return best;
  }

  private static double extreme(double[][] counts, double pseudocount, int sign) {
    double sum = 0;
    for (int i = 0; i < counts[0].length; i++) {
      double extreme = Double.NEGATIVE_INFINITY;
      for (int base = 0; base < 4; base++) {
        extreme = Math.max(extreme, sign * logOdds(counts, base, i, pseudocount));
      }
      sum += sign * extreme;
    }
    return sum;
  }

  private static double logOdds(double[][] counts, int base, int position, double pseudocount) {
    double total = 0;
    for (double[] row : counts) {
      total += row[position] + pseudocount / 4;
    }
    return Math.log(4 * (counts[base][position] + pseudocount / 4) / total) / Math.log(2);
  }

  private static String otherStrand(String sequence) {
    StringBuilder other = new StringBuilder();
    for (int i = sequence.length() - 1; i >= 0; i--) {
      other.append("TGCA".charAt("ACGT".indexOf(sequence.charAt(i))));
    }
    return other.toString();
  }

  private static ObjectBatch objects(Environment environment, String... sequences) {
    ObjectText text = new ObjectText(environment);
    int[][] objects = new int[sequences.length][];
    for (int i = 0; i < objects.length; i++) {
      objects[i] = text.parse("test", sequences[i]);
    }
    return RewardFixture.objects(environment.maximumLength(), objects);
  }

  private static Reward read(Path file, double pseudocount, Environment environment) {
    return Rewards.create(new RewardConfig.Motif(file, pseudocount), Path.of(""), environment);
  }

  private List<String> faults() {
    return faults(new PrependAppend(BASES, "", 8));
  }

  private List<String> faults(Environment environment) {
    InvalidInputException refusal =
        catchThrowableOfType(InvalidInputException.class, () -> read(file, 0.8, environment));
    return refusal.problems().stream()
        .map(Problem::toString)
        .map(line -> line.substring(file.toString().length()))
        .toList();
  }

  private void write(String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
