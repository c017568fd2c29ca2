package io.logitflow.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every example config goes the whole way by its file alone: trained (shortly), exported, verified,
 * served, and sampled by a client.
 */
@Timeout(300)
class ExamplesIT {
  private static final Path EXAMPLES = CommandRun.REPOSITORY.resolve("trainer/examples");
  private static final Pattern FIRST_BETA = Pattern.compile("betas: \\[([0-9.]+)");
  private static final Pattern ENVIRONMENT = Pattern.compile("environment:\\s+type: (\\S+)");
  private static final Set<String> VERIFIED = ConcurrentHashMap.newKeySet();
  private static final int COUNT = 50;
  private static final List<String> SHORT =
      List.of(
          "--set=training.rounds=6",
          "--set=training.batch=16",
          "--set=policy.hidden_widths=[16]",
          "--set=evaluation.samples=200",
          "--set=evaluation.trajectories=5",
          "--set=evaluation.test_set={type: uniform, objects: 20}");

  private static RewardServer rewards;

  @BeforeAll
  static void startRewards() throws IOException {
    rewards = RewardServer.start();
  }

  @AfterAll
  static void stopRewards() {
    rewards.close();
  }

  static List<Path> configs() throws IOException {
    try (Stream<Path> files = Files.walk(EXAMPLES, 2)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .map(EXAMPLES::relativize)
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  @Execution(ExecutionMode.CONCURRENT)
  void goesFromTrainingToServedSamples(Path config, @TempDir Path directory) throws Exception {
    Path file = EXAMPLES.resolve(config);
    String text = Files.readString(file);
    String checkpoint = directory.resolve("checkpoint").toString();
    String bundle = directory.resolve("bundle").toString();
    Path samples = directory.resolve("samples.csv");
    List<String> train =
        new ArrayList<>(List.of("train", "--config", file.toString(), "--out", checkpoint));
    train.addAll(SHORT);
    if (text.contains("\n  offline:")) {
      train.add("--set=training.offline.rounds=3");
    }
    if (text.contains("type: grpc")) {
      train.add("--set=reward.target=" + rewards.target());
    }

    succeed(train.toArray(String[]::new));
    succeed("export", "--checkpoint", checkpoint, "--out", bundle);
    Matcher environment = ENVIRONMENT.matcher(text);
    assertThat(environment.find()).isTrue();
    // It looks at the graphs, which no reward reaches: once for each environment.
    if (VERIFIED.add(environment.group(1))) {
      succeed("verify", "--bundle", bundle);
    }
    Matcher beta = FIRST_BETA.matcher(text);
    assertThat(beta.find()).isTrue();
    Process server = serve(bundle);
    try (BufferedReader out = server.inputReader()) {
      String line = out.readLine();
      succeed(
          "sample",
          "--target",
          line.substring(line.lastIndexOf(' ') + 1),
          "--beta",
          beta.group(1),
          "--count",
          String.valueOf(COUNT),
          "--out",
          samples.toString());
    } finally {
      server.destroy();
      server.waitFor();
    }

    List<String> rows = Files.readAllLines(samples);
    assertThat(rows).hasSize(COUNT + 1);
    assertThat(rows.subList(1, rows.size()))
        .allMatch(row -> row.matches("[0-9]+,[0-9.E-]+,[^,]+(,[-0-9.E]+){5}"));
  }

  private static Process serve(String bundle) throws IOException {
    return new ProcessBuilder(
            CommandRun.REPOSITORY.resolve("logitflow").toString(),
            "serve",
            "--bundle",
            bundle,
            "--port",
            "0")
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void succeed(String... arguments) throws Exception {
    CommandRun run = CommandRun.logitflow(arguments);
    assertThat(run.exitCode()).as(String.join(" ", arguments) + "\n" + run.err()).isZero();
  }
}
