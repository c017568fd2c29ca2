package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.PrependAppend;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The example service in Python, asked by the trainer. Skipped where there is no Python, or its
 * requirements cannot be had in time.
 */
class PythonServiceTest {
  private static final int SECONDS_TO_INSTALL = 50;
  private static final Path EXAMPLE = Path.of("examples/reward-service").toAbsolutePath();

  @Test
  void theExampleScoresObjects() throws Exception {
    Environment dna = new PrependAppend(List.of("A", "C", "G", "T"), "", 4);
    ObjectBatch all = dna.objects(0, 256);
    Process service =
        new ProcessBuilder(python().toString(), EXAMPLE.resolve("server.py").toString(), "0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader output = service.inputReader()) {
      String line = String.valueOf(output.readLine());
      assertThat(line).startsWith("listening on localhost:");
      String target = line.substring("listening on ".length());
      RewardConfig.Grpc config = new RewardConfig.Grpc(target, 30, 3, 50, 2, 0);
      try (Reward reward = Rewards.create(config, Path.of(""), dna)) {
        double[] scores = reward.scores(all);

        assertThat(scores).hasSize(256);
        for (int row = 0; row < 256; row++) {
          int strong = 0;
          for (int i = 0; i < 4; i++) {
            int token = all.tokens()[4 * row + i];
            strong += token == 1 || token == 2 ? 1 : 0;
          }
          assertThat(scores[row]).isEqualTo(strong / 4.0);
        }
      }
    } finally {
      service.destroyForcibly().waitFor();
    }
  }

  @Test
  void theExampleIsShort() throws IOException {
    assertThat(Files.readAllLines(EXAMPLE.resolve("server.py"))).hasSizeLessThanOrEqualTo(30);
  }

  /** Returns the Python of a virtual environment that has what the example requires. */
  private static Path python() throws IOException, InterruptedException {
    Path environment = Path.of("target", "reward-service").toAbsolutePath();
    Path python = environment.resolve("bin").resolve("python");
    if (!Files.exists(environment.resolve("ready"))) {
      install("python3", "-m", "venv", environment.toString());
      install(
          python.toString(),
          "-m",
          "pip",
          "install",
          "--quiet",
          "--disable-pip-version-check",
          "--retries=0",
          "--timeout=5",
          "-r",
          EXAMPLE.resolve("requirements.txt").toString());
      Files.createFile(environment.resolve("ready"));
    }
    return python;
  }

  private static void install(String... command) throws IOException, InterruptedException {
    Path log = Path.of("target", "reward-service.log").toAbsolutePath();
    String failure;
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (process.waitFor(SECONDS_TO_INSTALL, TimeUnit.SECONDS)) {
        failure = process.exitValue() == 0 ? "" : Files.readString(log);
      } else {
        process.destroyForcibly().waitFor();
        failure = "took more than " + SECONDS_TO_INSTALL + " seconds";
      }
    } catch (IOException e) {
      failure = String.valueOf(e.getMessage());
    }
    if (!failure.isEmpty()) {
      abort("needs python3 with the packages grpcio and grpcio-tools: " + failure);
    }
  }
}
