package io.logitflow.command.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.LogitFlowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
  private static final String ENTRY =
      """
      {"beta": 3.0, "extrapolated": false, "samples": 10000, "mean_score": 0.8,
       "expected_score_model": 0.81, "expected_score_target": 0.8369, "total_variation": 0.17,
       "log_z_learned": 14.2, "log_z_exact": 14.278, "modes_found": 120, "modes_total": 328,
       "candidates_per_second": 50000.0}
      """;

  private final Path file;

  EvaluationTest(@TempDir Path directory) {
    this.file = directory.resolve("evaluation.json");
  }

  @Test
  void readsTheFiguresOfABeta() throws IOException {
    Evaluation evaluation = read("{\"round\": 1200, \"betas\": [" + ENTRY + "]}");

    assertThat(evaluation.at(3)).isEqualTo(new Evaluation.AtBeta(3, 0.8369, 0.17, 14.2, 14.278));
  }

  @Test
  void namesWhatIsMissingOrWrong() throws IOException {
    assertFails("{}", "betas: found nothing, expected a list");
    assertFails("{\"betas\": 3}", "betas: found 3, expected a list");
    assertFails(
        "{\"betas\": [" + ENTRY.replace("log_z_exact", "x") + "]}",
        "betas[0].log_z_exact: found nothing, expected a number");
    assertFails(
        "{\"betas\": [" + ENTRY.replace("0.17", "\"NaN\"") + "]}",
        "betas[0].total_variation: found \"NaN\", expected a number");
    assertFails(
        "{\"betas\": [" + ENTRY.replace("14.278", "1e999") + "]}",
        "betas[0].log_z_exact: found \"Infinity\", expected a number");
    assertThatThrownBy(() -> read("{\"betas\": [" + ENTRY + "]}").at(10))
        .isInstanceOf(LogitFlowException.class)
        .hasMessage(file + ": betas: found [3.0], expected an entry of beta 10.0");
  }

  @Test
  void refusesWhatIsNotJsonAndAFileThatIsNotThere() throws IOException {
    assertThatThrownBy(() -> read("{\"betas\": ["))
        .isInstanceOf(LogitFlowException.class)
        .hasMessageStartingWith(file + ": not JSON: ")
        .hasMessageNotContaining("\n");
    Files.delete(file);
    assertThatThrownBy(() -> Evaluation.read(file))
        .isInstanceOf(LogitFlowException.class)
        .hasMessage(file + ": cannot be read: no such file");
  }

  private void assertFails(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(LogitFlowException.class)
        .hasMessage(file + ": " + message);
  }

  private Evaluation read(String json) throws IOException {
    Files.writeString(file, json);
    return Evaluation.read(file);
  }
}
