package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.contract.PythonEnvironment;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.PrependAppend;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The example service in Python, asked by the trainer. Skipped where there is no Python, or its
 * requirements cannot be had in time.
 */
class PythonServiceTest {
  private static final Path EXAMPLE = Path.of("examples/reward-service").toAbsolutePath();

  @Test
  void theExampleScoresObjects() throws Exception {
    Environment dna = new PrependAppend(List.of("A", "C", "G", "T"), "", 4);
    ObjectBatch all = dna.objects(0, 256);
    PythonEnvironment environment =
        PythonEnvironment.with(
            "reward-service", List.of("-r", EXAMPLE.resolve("requirements.txt").toString()));
    Process service =
        new ProcessBuilder(
                environment.python().toString(), EXAMPLE.resolve("server.py").toString(), "0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader output = service.inputReader()) {
      // Reading cannot be interrupted: a service that says nothing fails the test by the clock.
      Future<String> first =
          CompletableFuture.supplyAsync(() -> output.lines().findFirst().orElse("nothing"));
      String line = first.get(2, TimeUnit.MINUTES);
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
}
