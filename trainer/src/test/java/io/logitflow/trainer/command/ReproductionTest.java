package io.logitflow.trainer.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.StagedOutput;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.policy.ComputeDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReproductionTest {
  private static final String CONFIG =
      """
      policy: {hidden_widths: [4]}
      training: {rounds: 4, batch: 4, metrics_interval: 1, checkpoint_interval: 2}
      optimiser: {schedule: {type: constant}}
      evaluation:
        betas: [1, 2]
        samples: 20
        interval: 2
        modes: {file: scores.csv, object_column: sequence}
      """;
  private static final String DESCRIPTION =
      """
      title: A small one
      introduction: What a reader must know.
      parts:
        - {name: only, title: Only part, settings: []}
      variants:
        - {name: none, title: unconditional, settings: [
            "policy.conditioning={type: none}",
            "training.beta={type: constant, value: 1}",
            "evaluation.betas=[1]"]}
        - {name: scale, title: logit-scale, settings: ["policy.conditioning.type=logit-scale"]}
      views:
        - name: modes
          title: Modes
          figure: modes_found
          axis: rounds
          columns: [2, 4]
          decimals: 1
          chart: {label: modes, logarithmic: false}
          references: [{title: reference, values: [[1, 3], []]}]
        - name: score
          title: Scores
          figure: expected_score_model
          target: expected_score_target
          axis: beta
          columns: [1, 2]
          decimals: 4
        - name: distance
          title: Distances
          note: A note.
          figure: total_variation
          axis: reward-calls
          betas: [1, 2]
          decimals: 3
          chart: {label: total variation, logarithmic: true}
      """;

  @TempDir private static Path folder;
  private static Path experiment;
  private static Path runs;
  private static Path out;

  @BeforeAll
  static void reproduceOnce() throws IOException {
    runs = folder.resolve("runs");
    out = folder.resolve("out");
    experiment = describe("experiment", CONFIG);
    reproduce(experiment);
  }

  private static Path describe(String name, String config) throws IOException {
    Path directory = Files.createDirectories(folder.resolve(name));
    Path landscape = new Landscape(directory, 2).configFile();
    Files.writeString(directory.resolve("config.yaml"), Files.readString(landscape) + config);
    Files.writeString(directory.resolve("experiment.yaml"), DESCRIPTION);
    return directory;
  }

  private static void reproduce(Path directory) {
    new Reproduction("small", directory, 2, runs).run(out);
  }

  @Test
  void thePageShowsWhatTheRunsHaveLeft() throws IOException {
    String page = Files.readString(out.resolve("small.md"));
    assertThat(page)
        .startsWith("# A small one\n\nWhat a reader must know.\n\nMade by `./logitflow reproduce")
        .contains("small --seeds 2`: seeds 0 to 1 each")
        .contains("| reference | 2.0 ± 1.4 | – |")
        .contains("\nA note.\n\n![Distances](small-distance.png)\n")
        .contains("| unconditional | 16 ± 0 | ")
        .contains("| exact target | " + target(1) + " | " + target(2) + " |")
        .contains("| unconditional | " + score("none", 0) + " | – |")
        .contains("| logit-scale | " + score("scale", 0) + " | " + score("scale", 1) + " |")
        .contains("--out only-scale-seed-1 \\\n  --set 'policy.conditioning.type=logit-scale' \\\n")
        .endsWith("  --set 'seed=1'\n```\n")
        .doesNotContain(folder.toString());
    assertThat(TrainerRun.names(out))
        .containsExactly("small-distance.png", "small-modes.png", "small.csv", "small.md");
    assertThat(ImageIO.read(out.resolve("small-modes.png").toFile()).getWidth()).isEqualTo(860);
    List<String> rows = Files.readAllLines(out.resolve("small.csv"));
    assertThat(rows.get(0)).isEqualTo("view,part,variant,seed,beta,axis,place,figure,value");
    assertThat(rows)
        .contains("score,only,scale,1,,β,2,expected_score_model," + expected("scale", 1, 1))
        .filteredOn(row -> row.startsWith("distance,only,scale,0,2,reward calls,"))
        .hasSize(2);
  }

  /** Returns the report of a run's end at one of its β. */
  private JsonNode report(String variant, int seed, int beta) throws IOException {
    Path file = runs.resolve("small/only-" + variant + "-seed-" + seed + "/evaluation.json");
    return new ObjectMapper().readTree(file.toFile()).path("betas").path(beta);
  }

  private double expected(String variant, int seed, int beta) throws IOException {
    return report(variant, seed, beta).path("expected_score_model").asDouble();
  }

  private String target(int beta) throws IOException {
    double target = report("scale", 0, beta - 1).path("expected_score_target").asDouble();
    return String.format(Locale.ROOT, "%.4f", target);
  }

  /** Of two numbers the standard deviation is |a − b| / √2. */
  private String score(String variant, int beta) throws IOException {
    double first = expected(variant, 0, beta);
    double second = expected(variant, 1, beta);
    return String.format(
        Locale.ROOT, "%.4f ± %.4f", (first + second) / 2, Math.abs(first - second) / Math.sqrt(2));
  }

  @Test
  void whatWasInterruptedGoesOnAndWhatIsFinishedStays() throws IOException {
    String whole = Files.readString(out.resolve("small.csv"));
    Path first = runs.resolve("small/only-none-seed-0");
    Path second = runs.resolve("small/only-none-seed-1");
    FileTime untouched = Files.getLastModifiedTime(first.resolve("evaluation.json"));
    // As it is when the process is killed behind the second round of the second run.
    StagedOutput.deleteTree(second);
    trainShortly(second);
    Files.delete(second.resolveSibling("only-none-seed-1.json"));

    reproduce(experiment);

    assertThat(Files.readString(out.resolve("small.csv"))).isEqualTo(whole);
    assertThat(Files.getLastModifiedTime(first.resolve("evaluation.json"))).isEqualTo(untouched);
    assertThat(cpuSeconds("only-none-seed-0").isNumber()).isTrue();
    assertThat(cpuSeconds("only-none-seed-1").isNull()).isTrue();
  }

  private void trainShortly(Path directory) throws IOException {
    List<String> settings =
        List.of(
            "policy.conditioning={type: none}",
            "training.beta={type: constant, value: 1}",
            "evaluation.betas=[1]",
            "seed=1",
            "training.rounds=2");
    new TrainingRun(
            ConfigLoader.load(experiment.resolve("config.yaml"), settings),
            directory,
            false,
            null,
            ComputeDevice.CPU)
        .run();
  }

  private JsonNode cpuSeconds(String run) throws IOException {
    Path file = runs.resolve("small/" + run + ".json");
    return new ObjectMapper().readTree(file.toFile()).path("cpu_seconds");
  }

  @Test
  void runsOfAnotherConfigurationAreRefused() throws IOException {
    Path other = describe("other", CONFIG.replace("batch: 4", "batch: 8"));
    assertThatThrownBy(() -> reproduce(other))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            runs.resolve("small/only-none-seed-0")
                + ": training.batch: found 8, expected 4 as in the checkpoint");
  }

  @Test
  void whatIsWrongIsSaidBeforeAnythingIsTrained() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    TrainerRun unknown = TrainerRun.here("reproduce", "tfbind9", "--seeds", "0");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.error())
        .isEqualTo(
            "EXPERIMENT: found \"tfbind9\", expected one of tfbind8-online, tfbind8-offline,"
                + " hypergrid\n--seeds: found 0, expected 1 to 1000\n");
    TrainerRun unwritable = TrainerRun.here("reproduce", "hypergrid", "--out", file);
    assertThat(unwritable.status()).isEqualTo(2);
    assertThat(unwritable.error())
        .isEqualTo(
            "--out: found "
                + file
                + ", which cannot be created, expected a directory to write to\n");
    TrainerRun bare =
        TrainerRun.here("reproduce", "hypergrid", "--out", out, "--runs", folder.resolve("none"));
    assertThat(bare.status()).isEqualTo(1);
    assertThat(bare.error())
        .isEqualTo("reproduce: started without its script, expected ./logitflow reproduce\n");
  }
}
