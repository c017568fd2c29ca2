package io.logitflow.trainer.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.policy.ComputeDevice;
import io.logitflow.v1.RewardServiceGrpc.RewardServiceImplBase;
import io.logitflow.v1.ScoreRequest;
import io.logitflow.v1.ScoreResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RunEvaluationsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SETTINGS =
      """
      policy: {hidden_widths: [8]}
      training: {rounds: 6, batch: 8, checkpoint_interval: 3, replay: {type: none}}
      optimiser: {schedule: {type: constant}}
      evaluation: {betas: [1, 2], samples: 40, interval: 2, test_set: {objects: 20}}
      """;

  private static final String NEVER = "evaluation.interval=0";

  @TempDir Path folder;

  @Test
  void aRunIsEvaluatedOnTheIntervalAndAtItsEndWhereverItWasStopped() throws IOException {
    Path straight = train("straight", false);
    List<String> lines = lines(straight);
    assertThat(lines)
        .extracting(line -> JSON.readTree(line).path("round").asInt())
        .containsExactly(2, 4, 6);
    assertThat(JSON.readTree(lines.get(2)).path("betas"))
        .isEqualTo(JSON.readTree(straight.resolve("evaluation.json").toFile()).path("betas"));

    // As after a kill behind round 4, whose newest checkpoint is that of round 3.
    Path stopped = train("stopped", false);
    delete(stopped.resolve("round-000000006"));
    train("stopped", true);
    assertThat(withoutRates(stopped)).isEqualTo(withoutRates(straight));

    // As after a kill between the line of the last round and evaluation.json.
    Files.delete(stopped.resolve("evaluation.json"));
    train("stopped", true);
    assertThat(withoutRates(stopped)).isEqualTo(withoutRates(straight));
    assertThat(stopped.resolve("evaluation.json")).isNotEmptyFile();
  }

  @Test
  void aFinishedRunThatGoesOnHasTheLineOfItsOldEnd() throws IOException {
    Path straight = train("straight", false);
    Path extended = train("extended", false, "training.rounds=4");
    assertThat(withoutRates(extended)).hasSize(2);
    train("extended", true);
    assertThat(withoutRates(extended)).isEqualTo(withoutRates(straight));
  }

  @Test
  void withoutAnIntervalThereIsNoLog() throws IOException {
    Path run = train("run", false, NEVER);
    assertThat(run.resolve("evaluation.json")).isNotEmptyFile();
    assertThat(run.resolve("evaluations.jsonl")).doesNotExist();
  }

  @Test
  void scoresPaidForAreNotPaidForAgainAndTrainingCountsItsOwn() throws Exception {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    Server service = serve(asked);
    try {
      Path unwatched = train("unwatched", false, reward(service, 100), "training.rounds=4", NEVER);
      int atEnd = rewardCalls(unwatched.resolve("evaluation.json"));
      int training = asked.size() - atEnd;
      assertThat(asked).doesNotHaveDuplicates();
      List<String> drawnInTraining = List.copyOf(asked.subList(0, training));
      asked.clear();

      Path watched = train("watched", false, reward(service, 100), "training.rounds=4");

      Checkpoint with = Checkpoint.load(watched);
      Checkpoint without = Checkpoint.load(unwatched);
      assertThat(with.state().rewardCalls()).isEqualTo(training);
      assertThat(without.state().rewardCalls()).isEqualTo(training);
      assertThat(with.parameters()).isEqualTo(without.parameters());
      assertThat(with.state().paidScores().scores())
          .isEqualTo(without.state().paidScores().scores());
      List<String> evaluated = new ArrayList<>(asked);
      drawnInTraining.forEach(evaluated::remove);
      assertThat(evaluated)
          .doesNotHaveDuplicates()
          .hasSize(rewardCalls(watched.resolve("evaluation.json")));

      for (int capacity : new int[] {100, 0}) {
        Path run = folder.resolve(capacity == 0 ? "forgetful" : "unwatched");
        if (capacity == 0) {
          train("forgetful", false, reward(service, 0), "training.rounds=4", NEVER);
        }
        asked.clear();
        Path json = folder.resolve("e.json");
        assertThat(
                new CommandLine(new EvaluateCommand())
                    .execute("--checkpoint", run.toString(), "--json", json.toString()))
            .isZero();
        assertThat(asked).isNotEmpty().doesNotHaveDuplicates().hasSize(rewardCalls(json));
        if (capacity > 0) {
          assertThat(asked).hasSize(atEnd).doesNotContainAnyElementsOf(drawnInTraining);
        }
      }
    } finally {
      service.shutdownNow().awaitTermination();
    }
  }

  private static int rewardCalls(Path report) throws IOException {
    return JSON.readTree(report.toFile()).path("reward_calls").asInt();
  }

  private static String reward(Server service, int capacity) {
    return "reward={type: grpc, target: \"localhost:%d\", cache_capacity: %d}"
        .formatted(service.getPort(), capacity);
  }

  /** Serves the lengths of the first run of equal letters as scores. */
  private static Server serve(List<String> asked) throws IOException {
    return Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
        .addService(
            new RewardServiceImplBase() {
              @Override
              public void score(ScoreRequest request, StreamObserver<ScoreResponse> answer) {
                ScoreResponse.Builder scores = ScoreResponse.newBuilder();
                for (String object : request.getObjectsList()) {
                  asked.add(object);
                  scores.addScores(1 + object.lastIndexOf(object.charAt(0)));
                }
                answer.onNext(scores.build());
                answer.onCompleted();
              }
            })
        .build()
        .start();
  }

  private Path train(String name, boolean resume, String... settings) throws IOException {
    Path config = folder.resolve("landscape.yaml");
    if (!Files.exists(config)) {
      config = new Landscape(folder, 3).configFile();
      Files.writeString(config, Files.readString(config) + SETTINGS);
    }
    Path directory = folder.resolve(name);
    new TrainingRun(
            ConfigLoader.load(config, List.of(settings)),
            directory,
            resume,
            null,
            ComputeDevice.CPU)
        .run();
    return directory;
  }

  private static List<String> lines(Path run) throws IOException {
    return Files.readAllLines(run.resolve("evaluations.jsonl"));
  }

  private static List<String> withoutRates(Path run) throws IOException {
    return lines(run).stream()
        .map(line -> line.replaceAll("\"candidates_per_second\":[^,]+,", ""))
        .toList();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
