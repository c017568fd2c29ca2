package io.logitflow.trainer.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.oracle.Landscape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trainer as a user runs it: a process behind the launcher. */
class TrainIT {
  private static final Path LAUNCHER = Path.of("..", "logitflow").toAbsolutePath().normalize();
  private static final String LAST = "round-000000600";

  @TempDir static Path shared;
  private static Path config;

  /** A run that nothing disturbed. */
  private static Path straight;

  @TempDir Path folder;

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    config = new Landscape(shared, 4).configFile();
    Files.writeString(
        config,
        Files.readString(config)
            + """
            policy: {hidden_widths: [32]}
            training:
              {
                rounds: 600,
                batch: 16,
                checkpoint_interval: 20,
                metrics_interval: 1,
                replay: {type: prioritised, capacity: 150, by: loss, exponent: 1},
              }
            optimiser: {average: {decay: 0.99}}
            evaluation: {betas: [1, 3], samples: 100}
            """);
    straight = shared.resolve("straight");
    assertThat(run(shared, "train", "--config", config, "--out", straight).status()).isZero();
  }

  @Test
  void killedAtRandomMomentsAndResumedItEndsInTheSameBits() throws Exception {
    Random random = new Random(17);
    // The first kill falls into the start-up, the others among rounds and the writing of
    // checkpoints.
    for (int round : new int[] {-1, 20, 60, 100, 140, 180, 220, 260, 300, 340}) {
      Process process = start("train", "--config", config, "--out", out("killed"), "--resume");
      while (newestRound(out("killed")) < round) {
        assertThat(process.isAlive()).isTrue();
        Thread.sleep(1);
      }
      Thread.sleep(round < 0 ? random.nextInt(700) : random.nextInt(30));
      process.destroyForcibly().waitFor();
      if (newestRound(out("killed")) >= 0) {
        assertThat(Checkpoint.load(out("killed")).round()).isEqualTo(newestRound(out("killed")));
      }
    }
    assertThat(newestRound(out("killed"))).isBetween(340, 599);
    assertThat(run("train", "--config", config, "--out", out("killed"), "--resume").status())
        .isZero();
    assertSameBytes(straight.resolve(LAST), out("killed").resolve(LAST));
    assertThat(names(out("killed"))).isEqualTo(names(straight));
    assertThat(names(out("killed"))).contains("metrics.jsonl", "report.html", "tensorboard");
    assertThat(out("killed").resolve("metrics.jsonl"))
        .hasSameBinaryContentAs(straight.resolve("metrics.jsonl"));
  }

  @Test
  void aTerminatedRunSavesItsRoundAndGoesOn() throws Exception {
    Process process =
        start(
            "train",
            "--config",
            config,
            "--out",
            out("stopped"),
            "--set",
            "training.checkpoint_interval=100");
    while (!Files.exists(out("stopped").resolve("round-000000100"))) {
      assertThat(process.isAlive()).isTrue();
      Thread.sleep(5);
    }
    Thread.sleep(50); // A few rounds past the interval's own checkpoint.
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(newestRound(out("stopped"))).isBetween(101, 599);
    assertThat(out("stopped").resolve("report.html")).content().contains("stopped early");
    assertThat(
            run(
                    "train",
                    "--config",
                    config,
                    "--out",
                    out("stopped"),
                    "--resume",
                    "--set",
                    "training.checkpoint_interval=100")
                .status())
        .isZero();
    assertThat(out("stopped").resolve(LAST).resolve("parameters.safetensors"))
        .hasSameBinaryContentAs(straight.resolve(LAST).resolve("parameters.safetensors"));
  }

  @Test
  void aFullDiskIsOneLineAndLeavesTheLastCheckpointToGoOnFrom() throws Exception {
    // No file may grow beyond 96 KiB: metrics do so in time. The JVM's own may not either.
    Path error = folder.resolve("message");
    ProcessBuilder limited =
        new ProcessBuilder(
            "bash",
            "-c",
            "ulimit -f 96; exec \"$@\"",
            "-",
            LAUNCHER.toString(),
            "train",
            "--config",
            config.toString(),
            "--out",
            out("full").toString());
    limited
        .environment()
        .merge("LOGITFLOW_JAVA_OPTIONS", "-XX:-UsePerfData", (a, b) -> a + " " + b);
    Process process =
        limited
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(error.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    String message = Files.readString(error).strip().lines().reduce("", (before, line) -> line);
    assertThat(message)
        .startsWith(out("full").toString())
        .contains(": cannot be written: ")
        .contains("File too large");
    assertThat(names(out("full"))).noneMatch(name -> name.endsWith(".partial"));
    assertThat(Checkpoint.load(out("full")).round()).isBetween(20L, 580L);
    assertThat(run("train", "--config", config, "--out", out("full"), "--resume").status())
        .isZero();
    assertSameBytes(straight.resolve(LAST), out("full").resolve(LAST));
  }

  @Test
  void aDirectoryThatIsReadOnlyIsRefused() throws Exception {
    Path directory = Files.createDirectories(out("locked"));
    assertThat(directory.toFile().setWritable(false)).isTrue();
    assumeFalse(Files.isWritable(directory), "this user, root perhaps, may write everywhere");
    Outcome outcome = run("train", "--config", config, "--out", directory.resolve("run"));
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.error().lines()).hasSize(1);
    assertThat(outcome.error()).startsWith(directory.resolve("run") + ": cannot be written: ");
  }

  @Test
  void resumingRefusesAnotherConfigButMoreRounds() throws Exception {
    Path run = out("run");
    assertThat(
            run("train", "--config", config, "--out", run, "--set", "training.rounds=10").status())
        .isZero();
    Outcome changed =
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
    Outcome fewer =
        run("train", "--config", config, "--out", run, "--resume", "--set", "training.rounds=4");
    assertThat(fewer.status()).isEqualTo(2);
    assertThat(fewer.error().lines())
        .containsExactly(
            "training.rounds: found 4, expected at least the 10 that the checkpoint has done");
    Outcome more =
        run("train", "--config", config, "--out", run, "--resume", "--set", "training.rounds=12");
    assertThat(more.status()).isZero();
    assertThat(names(run)).contains("round-000000012", "evaluation.json");
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
    assertThat(names(out("taken"))).isEmpty();
  }

  @Test
  void printsEveryEffectiveValue() throws Exception {
    Outcome outcome =
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
    Outcome outcome =
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
    Outcome compared = run("compare", out("seed-1"), out("seed-2"), "--out", page);
    assertThat(compared.status()).as(compared.error()).isZero();
    assertThat(compared.output().lines()).hasSize(3);
    assertThat(compared.output().lines().skip(1))
        .allMatch(line -> line.matches(".*seed-[12] +all runs +[12] +24 .* 400 .*"));
    assertThat(page).content().contains("Comparison of runs", "\"name\":\"all runs\"");

    Outcome refused = run("compare", folder, out("none"), "--out", out("refused.html"));
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
    Outcome schema = run("config", "--schema");
    assertThat(schema.status()).isZero();
    assertThat(schema.output()).startsWith("{").contains("draft/2020-12", "hidden_widths");
    Outcome bare = run("config");
    assertThat(bare.status()).isEqualTo(2);
    assertThat(bare.error().lines()).containsExactly("config: found no option, expected --schema");
  }

  private void assertRefused(String start, Object... options) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(List.of(options));
    Outcome outcome = run(arguments.toArray());
    assertThat(outcome.status()).as(outcome.error()).isEqualTo(2);
    assertThat(outcome.error().lines()).hasSize(1);
    assertThat(outcome.error()).startsWith(start);
  }

  private record Outcome(int status, String output, String error) {}

  private Outcome run(Object... arguments) throws Exception {
    return run(folder, arguments);
  }

  private static Outcome run(Path folder, Object... arguments) throws Exception {
    Path output = Files.createTempFile(folder, "output", "");
    Path error = Files.createTempFile(folder, "error", "");
    Process process =
        builder(arguments).redirectOutput(output.toFile()).redirectError(error.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), Files.readString(output), Files.readString(error));
  }

  private static Process start(Object... arguments) throws IOException {
    return builder(arguments)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static ProcessBuilder builder(Object... arguments) {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command);
  }

  private Path out(String name) {
    return folder.resolve(name);
  }

  /** Returns the round of the newest checkpoint, or −1 where there is none. */
  private static int newestRound(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return -1;
    }
    return names(directory).stream()
        .filter(name -> name.startsWith("round-"))
        .mapToInt(name -> Integer.parseInt(name.substring("round-".length())))
        .max()
        .orElse(-1);
  }

  private static void assertSameBytes(Path expected, Path found) throws IOException {
    assertThat(names(found)).isEqualTo(names(expected)).hasSize(9);
    for (String name : names(expected)) {
      assertThat(found.resolve(name)).hasSameBinaryContentAs(expected.resolve(name));
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
