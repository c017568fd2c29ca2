package io.logitflow.trainer.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.training.TrainingState;
import io.logitflow.v1.RewardServiceGrpc.RewardServiceImplBase;
import io.logitflow.v1.ScoreRequest;
import io.logitflow.v1.ScoreResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training process whose reward service stops to answer. */
class RewardFailureIT {
  private static final int ROUNDS = 30;

  @TempDir Path folder;

  private long answered;
  private int callsLeft = 12;
  private int callsUntilRefusal = -1;
  private boolean dies;
  private Server server = start(0);
  private final int port = server.getPort();
  private Path config;

  @BeforeEach
  void write() throws IOException {
    config =
        Files.writeString(
            folder.resolve("config.yaml"),
            """
            environment: {type: prepend-append, tokens: [A, C, G, T], length: 8}
            reward: {type: grpc, target: "localhost:%d", deadline_seconds: 60, attempts: 1, batch: 4}
            policy: {hidden_widths: [16]}
            training: {rounds: %d, batch: 8, checkpoint_interval: 5, replay: {type: none}}
            evaluation: {betas: [1], samples: 10, interval: 0}
            """
                .formatted(port, ROUNDS));
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.shutdownNow().awaitTermination();
  }

  @Test
  void aServiceThatHangsEndsTheRunWithAMessageAndLosesNothingThatWasPaidFor() throws Exception {
    Path run = folder.resolve("run");

    assertThat(train(run, "--set", "reward.deadline_seconds=5"))
        .isEqualTo(
            "reward service localhost:%d: found status DEADLINE_EXCEEDED, expected scores within 5.0"
                    .formatted(port)
                + " s, in one attempt");

    TrainingState state = Checkpoint.load(run).state();
    // Twelve calls of four objects make six rounds of eight, none of which is lost.
    assertThat(state.round()).isBetween(6L, 7L);
    assertThat(state.paidScores().rows()).isEqualTo((int) state.rewardCalls());
    assertThat(answeredCount() - state.rewardCalls()).isBetween(0L, 7L);
    answer();
    assertThat(train(run, "--resume")).isEmpty();
    assertThat(Checkpoint.load(run).round()).isEqualTo(ROUNDS);
    TrainingState end = Checkpoint.load(run).state();
    assertThat(end.paidScores().rows()).isEqualTo((int) end.rewardCalls());
    assertThat(end.rewardCalls()).isGreaterThan(state.rewardCalls());
  }

  @Test
  void aServiceThatDiesEndsTheRunWithAMessageAndTheRoundsThatWereTrained() throws Exception {
    dies = true;
    Path run = folder.resolve("run");

    // Its last calls are refused, or cancelled by its end.
    assertThat(train(run))
        .matches(
            "reward service localhost:%d: found status (UNAVAILABLE|CANCELLED), .*".formatted(port)
                + ", expected scores within 60.0 s, in one attempt");

    assertThat(Checkpoint.load(run).round()).isBetween(6L, 7L);
    server.awaitTermination();
    server = start(port);
    answer();
    assertThat(train(run, "--resume")).isEmpty();
    assertThat(Checkpoint.load(run).round()).isEqualTo(ROUNDS);
  }

  @Test
  void whatWasScoredAheadIsKeptAndTheRunGoesOnInTheSameBits() {
    answer();
    Path straight = folder.resolve("straight");
    Path run = folder.resolve("run");
    assertThat(trainAhead(straight).status()).isZero();
    long paid = answeredCount();
    // A batch is two calls, one after the other: the second of the eighth batch is refused.
    synchronized (this) {
      callsUntilRefusal = 15;
    }

    TrainerRun refused = trainAhead(run);

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.error().strip())
        .endsWith(
            "reward service localhost:%d: found status INVALID_ARGUMENT, \"no\", expected scores"
                    .formatted(port)
                + " within 60.0 s, in one attempt");
    TrainingState state = Checkpoint.load(run).state();
    assertThat(state.round()).isEqualTo(7);
    assertThat(state.ahead()).hasSize(4);
    assertThat(state.ahead().get(0).scores()).contains(Double.NaN);
    for (int batch = 1; batch < 4; batch++) {
      assertThat(state.ahead().get(batch).scores()).doesNotContain(Double.NaN);
    }
    assertThat(trainAhead(run, "--resume").status()).isZero();
    assertThat(run.resolve("round-000000030/parameters.safetensors"))
        .hasSameBinaryContentAs(straight.resolve("round-000000030/parameters.safetensors"));
    // The first call of the eighth batch is paid for twice.
    assertThat(answeredCount()).isEqualTo(2 * paid + 4);
  }

  private TrainerRun trainAhead(Path run, String... options) {
    List<Object> arguments = new ArrayList<>(List.of("train", "--config", config, "--out", run));
    arguments.addAll(List.of("--set", "training.reward_lag=3", "--set", "reward.concurrency=1"));
    arguments.addAll(List.of(options));
    return TrainerRun.here(arguments.toArray());
  }

  private synchronized void answer() {
    callsLeft = Integer.MAX_VALUE;
    dies = false;
  }

  private synchronized long answeredCount() {
    return answered;
  }

  private Server start(int port) {
    try {
      return Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
          .addService(
              new RewardServiceImplBase() {
                @Override
                public void score(ScoreRequest request, StreamObserver<ScoreResponse> answer) {
                  scoreWhileCallsAreLeft(request, answer);
                }
              })
          .build()
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void scoreWhileCallsAreLeft(
      ScoreRequest request, StreamObserver<ScoreResponse> answer) {
    if (callsLeft == 0) {
      if (dies) {
        server.shutdownNow();
      }
      return; // Without an answer.
    }
    if (callsUntilRefusal-- == 0) {
      answer.onError(Status.INVALID_ARGUMENT.withDescription("no").asRuntimeException());
      return;
    }
    callsLeft--;
    answered += request.getObjectsCount();
    ScoreResponse.Builder response = ScoreResponse.newBuilder();
    for (String object : request.getObjectsList()) {
      response.addScores(0.5 + (object.hashCode() & 7));
    }
    answer.onNext(response.build());
    answer.onCompleted();
  }

  /** Returns the last line that a run writes to standard error, none where it succeeds. */
  private String train(Path run, String... options) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of("train", "--config", config, "--out", run));
    arguments.addAll(List.of(options));
    TrainerRun outcome = TrainerRun.of(folder, arguments.toArray());
    String text = outcome.error().strip();
    if (outcome.status() == 0) {
      return "";
    }
    assertThat(outcome.status()).isEqualTo(1);
    return text.substring(Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1);
  }
}
