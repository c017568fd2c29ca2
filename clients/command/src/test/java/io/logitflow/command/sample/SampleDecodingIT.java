package io.logitflow.command.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.command.CommandRun;
import io.logitflow.sampler.GoldenBundle;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The options that say how candidates are drawn, from the command line to a server's process. */
@Timeout(120)
class SampleDecodingIT {
  @TempDir private static Path directory;
  private static Process server;
  private static String target;

  @BeforeAll
  static void serve() throws Exception {
    GoldenBundle.copyTo(directory);
    server =
        new ProcessBuilder(
                CommandRun.REPOSITORY.resolve("logitflow").toString(),
                "serve",
                "--bundle",
                directory.toString(),
                "--port",
                "0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = server.inputReader()) {
      String line = out.readLine();
      target = line.substring(line.lastIndexOf(' ') + 1);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    server.destroy();
    server.waitFor();
  }

  @Test
  void uniqueObjectsWithoutAForbiddenToken() throws Exception {
    CommandRun run =
        sample("--count", "5000", "--forbid", "GT", "--allow-at-step", "1=A", "--unique", "5");

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines)
        .hasSize(6)
        .startsWith(
            "row,beta,object,log_pf,log_pb,log_z,implied_log_reward,implied_score,log_pf_drawn");
    assertThat(lines.subList(1, 6)).allMatch(line -> line.matches("[0-9]+,2\\.0,[AC]{3},.*"));
    assertThat(run.err()).containsPattern("\n5 distinct objects in [0-9]+ draws: enough\n");
  }

  @Test
  void greedyAndTopP() throws Exception {
    CommandRun greedy = sample("--count", "20", "--greedy");
    assertThat(greedy.exitCode()).as(greedy.err()).isZero();
    assertThat(greedy.out().lines().skip(1).map(line -> line.split(",", -1)[2]).distinct())
        .hasSize(1);

    CommandRun narrow = sample("--count", "20", "--top-p", "1e-6", "--unique", "2");
    assertThat(narrow.err()).contains("\n1 distinct objects in 20 draws: no more draws allowed\n");
  }

  @Test
  void whatTheModelDoesNotSupportIsOneLineWithExitCode2() throws Exception {
    CommandRun run = sample("--count", "1", "--prefix", "AC");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            "--prefix: found 2 tokens, expected nothing, since this model supports --forbid,"
                + " --allow-at-step\n");
  }

  @Test
  void whatTheServerRefusesIsNamedByItsOption() throws Exception {
    CommandRun run =
        sample("--count", "3", "--unique", "9", "--allow-at-step", "7=X", "--greedy", "--top-p=2");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines())
        .containsExactly(
            "--unique: found 9, expected 1 to --count, 3",
            "--top-p: found 2.0, expected nothing, since --greedy is set",
            "--allow-at-step TOKENS: found \"X\", expected the name of one of the model's tokens",
            "--allow-at-step STEP: found 7, expected 0 to 2");
  }

  private static CommandRun sample(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("sample", "--target", target, "--beta", "2"));
    all.addAll(List.of("--seed", "1"));
    all.addAll(List.of(arguments));
    return CommandRun.logitflow(all.toArray(String[]::new));
  }
}
