package io.logitflow.trainer.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.trainer.oracle.Landscape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trainer as a user runs it: a process behind the launcher. */
class TrainIT {
  @TempDir Path folder;
  private Path config;

  @BeforeEach
  void writeLandscape() throws Exception {
    config = new Landscape(folder, 4).configFile();
    Files.writeString(
        config,
        Files.readString(config)
            + """
            policy: {hidden_widths: [32]}
            training: {rounds: 600, batch: 16, metrics_interval: 1}
            evaluation: {betas: [1, 3], samples: 100}
            """);
  }

  @Test
  void anEngineThatCannotStartIsOneLineAndLeavesNothing() throws Exception {
    ProcessBuilder unpacking = TrainerRun.builder("train", "--config", config, "--out", out("run"));
    Path taken = Files.writeString(folder.resolve("taken"), "a file");
    unpacking.environment().put("DJL_CACHE_DIR", taken.resolve("cache").toString());
    TrainerRun outcome = TrainerRun.of(folder, unpacking);
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.error().lines())
        .containsExactly(
            "PyTorch: found FileSystemException: "
                + taken.resolve("cache")
                + ": Not a directory, expected it to start; it is unpacked into the directory"
                + " DJL_CACHE_DIR, by default ~/.djl.ai");
    assertThat(out("run")).doesNotExist();
  }

  @Test
  void resumingRefusesAnotherConfigButMoreRounds() throws Exception {
    Path run = out("run");
    assertThat(
            run("train", "--config", config, "--out", run, "--set", "training.rounds=10").status())
        .isZero();
    TrainerRun changed =
        run(
            "train",
            "--config",
            config,
            "--out",
            run,
            "--resume",
            "--set",
            "seed=5",
            "--set",
            "training.batch=8");
    assertThat(changed.status()).isEqualTo(2);
    assertThat(changed.error().lines())
        .containsExactly(
            "seed: found 5, expected 0 as in the checkpoint",
            "training.batch: found 8, expected 16 as in the checkpoint");
    TrainerRun fewer =
        run("train", "--config", config, "--out", run, "--resume", "--set", "training.rounds=4");
    assertThat(fewer.status()).isEqualTo(2);
    assertThat(fewer.error().lines())
        .containsExactly(
            "training.rounds: found 4, expected at least the 10 that the checkpoint has done");
    TrainerRun more =
        run("train", "--config", config, "--out", run, "--resume", "--set", "training.rounds=12");
    assertThat(more.status()).isZero();
    assertThat(TrainerRun.names(run)).contains("round-000000012", "evaluation.json");
  }

  @Test
  void wrongInputIsOneLineExitCodeTwoAndLeavesNothing() throws Exception {
    assertRefused(
        "--set training.epochs: found unknown key, expected one of rounds, batch, ",
        "--config",
        config,
        "--out",
        out("run"),
        "--set",
        "training.epochs=3");
    Files.writeString(folder.resolve("scores.csv"), "sequence,score\nAAAA,NaN\n");
    Path wrong = Files.copy(config, folder.resolve("wrong.yaml"));
    assertRefused(
        folder.resolve("scores.csv") + ":2: found ", "--config", wrong, "--out", out("run"));
    assertRefused("--out: found nothing, expected ", "--config", config);
    Files.createDirectories(out("taken"));
    assertRefused(
        out("taken") + ": found something of that name, expected a name that is not taken",
        "--config",
        config,
        "--out",
        out("taken"));
    assertThat(out("run")).doesNotExist();
    assertThat(TrainerRun.names(out("taken"))).isEmpty();
  }

  @Test
  void printsEveryEffectiveValue() throws Exception {
    TrainerRun outcome =
        run("train", "--config", config, "--print-config", "--set", "training.rounds=77");
    assertThat(outcome.status()).isZero();
    assertThat(outcome.error()).isEmpty();
    Path printed = Files.writeString(folder.resolve("printed.yaml"), outcome.output());
    assertThat(outcome.output()).contains("rounds: 77", "gradient_norm: 10.0", "seed: 0");
    assertThat(run("train", "--config", printed, "--print-config").output())
        .isEqualTo(outcome.output());
  }

  @Test
  void withoutATerminalItTellsInLinesHowItGoes() throws Exception {
    TrainerRun outcome =
        run(
            "train",
            "--config",
            config,
            "--out",
            out("told"),
            "--set",
            "training.rounds=5",
            "--set",
            "evaluation.betas=[2, 0.5]");
    assertThat(outcome.status()).as(outcome.error()).isZero();
    assertThat(outcome.error()).doesNotContain("\r").endsWith("\n");
    List<String> lines = outcome.error().lines().toList();
    assertThat(lines.subList(0, lines.size() - 1)).allMatch(line -> line.startsWith("Training "));
    assertThat(lines.get(lines.size() - 2)).contains("100%", "5/5 ", "loss ", "log Z ");
    assertThat(lines.get(lines.size() - 1)).isEqualTo("Evaluating at beta 2.0, 0.5");
  }

  @Test
  void comparesRuns() throws Exception {
    for (int seed : new int[] {1, 2}) {
      assertThat(
              run(
                      "train",
                      "--config",
                      config,
                      "--out",
                      out("seed-" + seed),
                      "--set",
                      "seed=" + seed,
                      "--set",
                      "training.rounds=25")
                  .status())
          .isZero();
    }
    Path page = out("comparison.html");
    TrainerRun compared = run("compare", out("seed-1"), out("seed-2"), "--out", page);
    assertThat(compared.status()).as(compared.error()).isZero();
    assertThat(compared.output().lines()).hasSize(3);
    assertThat(compared.output().lines().skip(1))
        .allMatch(line -> line.matches(".*seed-[12] +all runs +[12] +24 .* 400 .*"));
    assertThat(page).content().contains("Comparison of runs", "\"name\":\"all runs\"");

    TrainerRun refused = run("compare", folder, out("none"), "--out", out("refused.html"));
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.error().lines())
        .containsExactly(
            folder
                + ": found no checkpoint, expected a directory that ./logitflow train has written",
            out("none")
                + ": found no checkpoint, expected a directory that ./logitflow train has written");
    assertThat(out("refused.html")).doesNotExist();
  }

  @Test
  void printsTheSchemaOfConfigs() throws Exception {
    TrainerRun schema = run("config", "--schema");
    assertThat(schema.status()).isZero();
    assertThat(schema.output()).startsWith("{").contains("draft/2020-12", "hidden_widths");
    TrainerRun bare = run("config");
    assertThat(bare.status()).isEqualTo(2);
    assertThat(bare.error().lines()).containsExactly("config: found no option, expected --schema");
  }

  private void assertRefused(String start, Object... options) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(List.of(options));
    TrainerRun outcome = run(arguments.toArray());
    assertThat(outcome.status()).as(outcome.error()).isEqualTo(2);
    assertThat(outcome.error().lines()).hasSize(1);
    assertThat(outcome.error()).startsWith(start);
  }

  private static TrainerRun run(Object... arguments) {
    return TrainerRun.here(arguments);
  }

  private Path out(String name) {
    return folder.resolve(name);
  }
}
