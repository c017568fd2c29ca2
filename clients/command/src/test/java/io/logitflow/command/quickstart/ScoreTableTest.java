package io.logitflow.command.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.client.RewardTransform;
import io.logitflow.contract.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreTableTest {
  private static final Path TFBIND8 = Path.of("../../trainer/examples/tfbind8/tfbind8.csv.gz");

  @Test
  void theTargetIsTheRewardToThePowerOfBetaNormalised() {
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put("A", 0.5);
    scores.put("C", 1.0);
    scores.put("G", 0.0);
    ScoreTable table = new ScoreTable(scores);
    RewardTransform transform = new RewardTransform(0.1, 1, 7);

    // R = 7 * (0.5, 1, 0.1); the scale cancels, and R^2 is as 0.25 : 1 : 0.01.
    assertThat(table.target(transform, 2))
        .containsExactly(new double[] {0.25 / 1.26, 1 / 1.26, 0.01 / 1.26}, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"1, 0.6473", "2, 0.7703", "3, 0.8369", "10, 0.9481", "500, 0.9999"})
  void theExactExpectationOnTfbind8IsThePublishedOne(double beta, double expectation) {
    ScoreTable table = ScoreTable.read(TFBIND8);
    RewardTransform transform = new RewardTransform(0.001, 3, 10);

    double[] target = table.target(transform, beta);
    double[] scores = table.scores();
    double mean = 0;
    for (int i = 0; i < scores.length; i++) {
      mean += target[i] * scores[i];
    }

    assertThat(scores).hasSize(65_536);
    assertThat(mean).isCloseTo(expectation, within(5e-5));
  }

  @Test
  void namesTheLineThatIsWrong(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("table.csv");
    assertFails(
        file,
        "sequence,value\nA,1\n",
        ": found columns [sequence, value], expected a column score");
    assertFails(file, "sequence,score\nA,1\nC,x\n", ":3: found x, expected a number in score");
    assertFails(file, "sequence,score\nA,NaN\n", ":2: found NaN, expected a number in score");
    Files.writeString(file, "sequence,score\nA,1\nC\n");
    assertThatThrownBy(() -> ScoreTable.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": found text that is no CSV (")
        .hasMessageNotContaining("Exception")
        .hasMessageEndingWith("), expected a CSV file");
    assertThatThrownBy(() -> ScoreTable.read(directory.resolve("none.csv")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(directory.resolve("none.csv") + ": found no such file, expected a CSV file");
  }

  private static void assertFails(Path file, String text, String message) throws IOException {
    Files.writeString(file, text);
    assertThatThrownBy(() -> ScoreTable.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + message);
  }
}
