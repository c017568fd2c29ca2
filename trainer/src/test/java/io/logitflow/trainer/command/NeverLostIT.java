package io.logitflow.trainer.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.oracle.Landscape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever ends a training process, its last checkpoint is whole and the run goes on from it. */
class NeverLostIT {
  private static final String LAST = "round-000000400";

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
                rounds: 400,
                batch: 16,
                checkpoint_interval: 20,
                metrics_interval: 1,
                replay: {type: prioritised, capacity: 150, by: loss, exponent: 1},
              }
            optimiser: {average: {decay: 0.99}}
            evaluation: {betas: [1, 3], samples: 100}
            """);
    straight = shared.resolve("straight");
    assertThat(TrainerRun.of(shared, "train", "--config", config, "--out", straight).status())
        .isZero();
  }

  @Test
  void killedAtRandomMomentsAndResumedItEndsInTheSameBits() throws Exception {
    Random random = new Random(17);
    // The first kill falls into the start-up, the others among rounds and the writing of
    // checkpoints.
    for (int round : new int[] {-1, 20, 40, 60, 80, 100, 120, 140, 160, 180}) {
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
    assertThat(newestRound(out("killed"))).isBetween(180, 399);
    assertThat(run("train", "--config", config, "--out", out("killed"), "--resume").status())
        .isZero();
    assertSameBytes(straight.resolve(LAST), out("killed").resolve(LAST));
    assertThat(TrainerRun.names(out("killed"))).isEqualTo(TrainerRun.names(straight));
    assertThat(TrainerRun.names(out("killed")))
        .contains("metrics.jsonl", "report.html", "tensorboard");
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
    assertThat(newestRound(out("stopped"))).isBetween(101, 399);
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
    ProcessBuilder limited =
        new ProcessBuilder(
            "bash",
            "-c",
            "ulimit -f 96; exec \"$@\"",
            "-",
            TrainerRun.LAUNCHER.toString(),
            "train",
            "--config",
            config.toString(),
            "--out",
            out("full").toString());
    limited
        .environment()
        .merge("LOGITFLOW_JAVA_OPTIONS", "-XX:-UsePerfData", (a, b) -> a + " " + b);
    TrainerRun outcome = TrainerRun.of(folder, limited);
    assertThat(outcome.status()).isEqualTo(1);
    String message = outcome.error().strip().lines().reduce("", (before, line) -> line);
    assertThat(message)
        .startsWith(out("full").toString())
        .contains(": cannot be written: ")
        .contains("File too large");
    assertThat(TrainerRun.names(out("full"))).noneMatch(name -> name.endsWith(".partial"));
    assertThat(Checkpoint.load(out("full")).round()).isBetween(20L, 380L);
    assertThat(run("train", "--config", config, "--out", out("full"), "--resume").status())
        .isZero();
    assertSameBytes(straight.resolve(LAST), out("full").resolve(LAST));
  }

  @Test
  void aDirectoryThatIsReadOnlyIsRefused() throws Exception {
    Path directory = Files.createDirectories(out("locked"));
    assertThat(directory.toFile().setWritable(false)).isTrue();
    assumeFalse(Files.isWritable(directory), "this user, root perhaps, may write everywhere");
    TrainerRun outcome = run("train", "--config", config, "--out", directory.resolve("run"));
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.error().lines()).hasSize(1);
    assertThat(outcome.error()).startsWith(directory.resolve("run") + ": cannot be written: ");
  }

  private TrainerRun run(Object... arguments) throws Exception {
    return TrainerRun.of(folder, arguments);
  }

  private static Process start(Object... arguments) throws IOException {
    return TrainerRun.builder(arguments)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private Path out(String name) {
    return folder.resolve(name);
  }

  /** Returns the round of the newest checkpoint, or −1 where there is none. */
  private static int newestRound(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return -1;
    }
    return TrainerRun.names(directory).stream()
        .filter(name -> name.startsWith("round-"))
        .mapToInt(name -> Integer.parseInt(name.substring("round-".length())))
        .max()
        .orElse(-1);
  }

  private static void assertSameBytes(Path expected, Path found) throws IOException {
    assertThat(TrainerRun.names(found)).isEqualTo(TrainerRun.names(expected)).hasSize(9);
    for (String name : TrainerRun.names(expected)) {
      assertThat(found.resolve(name)).hasSameBinaryContentAs(expected.resolve(name));
    }
  }
}
