package io.logitflow.command.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.command.CommandRun;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The quickstart over a stub of the launcher, in which the stages that live elsewhere are a few
 * lines of shell and the server is the test's own; {@code sample} is the real one.
 */
@Timeout(180)
class QuickstartProcessIT {
  private static final String EXAMPLE = "trainer/examples/tfbind8";
  private static final String STUB =
      """
      #!/usr/bin/env bash
      set -euo pipefail
      run() { exec java -cp "$STUB_CLASSPATH" "$@"; }
      if [[ -e fail-$1 ]]; then echo "$1 cannot" >&2; exit 3; fi
      case $1 in
        train)
          if [[ $* == *--print-config* ]]; then
            if [[ $* == *nonsense* ]]; then echo "--set nonsense: found unknown key" >&2; exit 2; fi
            exit 0
          fi
          mkdir "$5"; cp evaluation.json "$5" ;;
        export) mkdir "$5" ;;
        verify) ;;
        serve)
          if [[ -e mute-serve ]]; then echo $$ > server.pid; exec sleep 600 > /dev/null; fi
          echo $$ > server.pid; run io.logitflow.command.UniformSampler "$5" "$3" ;;
        sample)
          if [[ -e hang-sample ]]; then echo $$ > sample.pid; exec sleep 600; fi
          run io.logitflow.command.CommandProcess "$@" ;;
      esac
      """;

  private final Path repository;

  QuickstartProcessIT(@TempDir Path repository) throws IOException {
    this.repository = repository.toRealPath();
  }

  @BeforeEach
  void makeRepository() throws IOException {
    Path script = Files.writeString(repository.resolve("logitflow"), STUB);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Files.createDirectories(repository.resolve(EXAMPLE));
    for (String name : List.of("tfbind8.csv.gz", "modes.csv")) {
      Files.copy(
          CommandRun.REPOSITORY.resolve(EXAMPLE).resolve(name),
          repository.resolve(EXAMPLE).resolve(name));
    }
    Files.writeString(
        repository.resolve("evaluation.json"),
        "{\"betas\": [%s, %s, %s]}".formatted(entry(1), entry(3), entry(10)));
  }

  @Test
  void runsEveryStagePrintsItAndLeavesTheFourResults() throws Exception {
    CommandRun run = CommandRun.of(quickstart("--set", "training.rounds=20"));

    assertThat(run.err()).contains("warning: beta 10.0 is extrapolated");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines().filter(line -> line.startsWith("$ ")))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo(
                        "$ ./logitflow train --config trainer/examples/tfbind8/tfbind8.yaml"
                            + " --out quickstart/checkpoint --set training.rounds=20"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "$ ./logitflow export --checkpoint quickstart/checkpoint"
                            + " --out quickstart/bundle --data-dir trainer/examples/tfbind8"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "$ ./logitflow verify --bundle quickstart/bundle"
                            + " --checkpoint quickstart/checkpoint"),
            line ->
                assertThat(line)
                    .matches("\\$ ./logitflow serve --bundle quickstart/bundle --port 0"),
            line ->
                assertThat(line)
                    .matches(
                        "\\$ ./logitflow sample --target 127.0.0.1:[0-9]+ --beta 1,3,10"
                            + " --count 10000 --seed 0 --out quickstart/candidates.csv"));
    assertThat(run.out().lines().filter(line -> line.matches("(1|3|10).*[0-9]/328 .*")))
        .hasSize(3)
        .allMatch(line -> line.contains("0.1700"));
    assertThat(run.out()).contains("\n10 (extrapolated)  ");
    assertThat(repository.resolve("quickstart/checkpoint")).isDirectory();
    assertThat(repository.resolve("quickstart/bundle")).isDirectory();
    assertThat(Files.readAllLines(repository.resolve("quickstart/candidates.csv"))).hasSize(30_001);
    assertThat(repository.resolve("quickstart/scores.png")).isNotEmptyFile();
    assertThat(serverRuns()).isFalse();
  }

  @Test
  void aCommandThatFailsIsNamedAndEndsTheRunWithExitCode1() throws Exception {
    Files.createFile(repository.resolve("fail-verify"));

    CommandRun run = CommandRun.of(quickstart());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "verify cannot\n./logitflow verify --bundle quickstart/bundle --checkpoint"
                + " quickstart/checkpoint: failed with exit code 3\n");
    assertThat(repository.resolve("server.pid")).doesNotExist();
  }

  @Test
  void aServerThatDoesNotStartIsNamed() throws Exception {
    Files.createFile(repository.resolve("fail-serve"));

    CommandRun run = CommandRun.of(quickstart());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "serve cannot\n./logitflow serve --bundle quickstart/bundle --port 0: ended before it"
                + " served, with exit code 3\n");
  }

  @Test
  void aServerThatNeverSaysThatItServesIsStopped() throws Exception {
    Files.createFile(repository.resolve("mute-serve"));

    CommandRun run = CommandRun.of(quickstart());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("--port 0: ended before it served");
    assertThat(serverRuns()).isFalse();
  }

  @Test
  void theServerIsStoppedWhenALaterStepFails() throws Exception {
    Files.createFile(repository.resolve("fail-sample"));

    CommandRun run = CommandRun.of(quickstart());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).endsWith(": failed with exit code 3\n");
    assertThat(serverRuns()).isFalse();
  }

  @Test
  void whatEndsTheQuickstartEndsItsChildren() throws Exception {
    Files.createFile(repository.resolve("hang-sample"));
    Process quickstart = quickstart().start();
    Path sampling = repository.resolve("sample.pid");
    while (!Files.exists(sampling) || Files.size(sampling) == 0) {
      assertThat(quickstart.isAlive()).isTrue();
      TimeUnit.MILLISECONDS.sleep(20);
    }

    quickstart.destroy();

    assertThat(quickstart.waitFor()).isNotZero();
    assertThat(serverRuns()).isFalse();
    assertThat(runs(sampling)).isFalse();
  }

  @Test
  void aSecondRunReplacesTheFirstAndAForeignDirectoryIsRefused() throws Exception {
    Files.createFile(repository.resolve("fail-verify"));
    assertThat(CommandRun.of(quickstart()).exitCode()).isEqualTo(1);
    Files.delete(repository.resolve("fail-verify"));
    assertThat(CommandRun.of(quickstart()).exitCode()).isZero();

    Path foreign = Files.createDirectory(repository.resolve("thesis"));
    CommandRun refused = CommandRun.of(quickstart("--out", "thesis"));

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).startsWith("thesis: found something of that name ").hasLineCount(1);
    assertThat(foreign).isEmptyDirectory();
  }

  @Test
  void settingsAreRefusedBeforeEarlierResultsAreReplaced() throws Exception {
    assertThat(CommandRun.of(quickstart()).exitCode()).isZero();
    byte[] picture = Files.readAllBytes(repository.resolve("quickstart/scores.png"));

    CommandRun unknown = CommandRun.of(quickstart("--set", "nonsense=1"));
    CommandRun betas = CommandRun.of(quickstart("--set", "evaluation.betas=[1]"));

    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err().lines()).containsExactly("--set nonsense: found unknown key");
    assertThat(betas.exitCode()).isEqualTo(2);
    assertThat(betas.err().lines())
        .containsExactly(
            "--set: found evaluation.betas=[1], expected another value: the quickstart evaluates"
                + " beta 1, 3 and 10");
    assertThat(repository.resolve("quickstart/scores.png")).hasBinaryContent(picture);
    assertThat(repository.resolve("quickstart/checkpoint")).isDirectory();
  }

  private ProcessBuilder quickstart(String... arguments) {
    String classpath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .reduce((left, right) -> left + File.pathSeparator + right)
            .orElseThrow();
    ProcessBuilder builder =
        new ProcessBuilder(
            "java",
            "-D" + Launcher.PROPERTY + "=" + repository.resolve("logitflow"),
            "-cp",
            classpath,
            "io.logitflow.command.CommandProcess",
            "quickstart");
    builder.command().addAll(List.of(arguments));
    builder.environment().put("STUB_CLASSPATH", classpath);
    return builder.directory(repository.toFile());
  }

  private boolean serverRuns() throws IOException {
    return runs(repository.resolve("server.pid"));
  }

  private static boolean runs(Path pidFile) throws IOException {
    long pid = Long.parseLong(Files.readString(pidFile, StandardCharsets.UTF_8).strip());
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private static String entry(double beta) {
    return "{\"beta\": "
        + beta
        + ", \"expected_score_target\": 0.6473, \"total_variation\": 0.17,"
        + " \"log_z_learned\": 11.4, \"log_z_exact\": 11.462}";
  }
}
