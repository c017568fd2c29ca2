package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.Sha256;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.PrependAppend;
import io.logitflow.v1.RewardServiceGrpc.RewardServiceImplBase;
import io.logitflow.v1.ScoreRequest;
import io.logitflow.v1.ScoreResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceRewardTest {
  private static final Environment PAIRS = new PrependAppend(List.of("x", "yy", "z"), "-", 2);
  private static final ObjectBatch ALL = PAIRS.objects(0, 9);

  private final AtomicInteger calls = new AtomicInteger();
  private final Timer timer = new Timer(true);
  private @Nullable Server server;
  private @Nullable Reward reward;

  @AfterEach
  void stop() throws InterruptedException {
    if (reward != null) {
      reward.close();
    }
    if (server != null) {
      server.shutdownNow().awaitTermination();
    }
    timer.cancel();
  }

  @Test
  void objectsGoOutAsTextInBatchesAndScoresComeBackInOrder() {
    List<String> asked = new ArrayList<>();
    AtomicInteger largest = new AtomicInteger();
    int port =
        serve(
            (request, answer) -> {
              synchronized (asked) {
                asked.addAll(request.getObjectsList());
              }
              largest.accumulateAndGet(request.getObjectsCount(), Math::max);
              answer(request, answer);
            });

    double[] scores = open(config(port, 60, 1, 4, 2)).scores(ALL);

    assertThat(asked)
        .containsExactlyInAnyOrder(
            "x-x", "x-yy", "x-z", "yy-x", "yy-yy", "yy-z", "z-x", "z-yy", "z-z");
    assertThat(scores).isEqualTo(expected());
    assertThat(calls).hasValue(3);
    assertThat(largest).hasValue(4);
    assertThat(opened().metered()).isTrue();
    assertThat(opened().fingerprint()).isEqualTo(Sha256.of(new byte[0]));
  }

  @Test
  void grpcRepeatsACallWhileTheServiceIsNotReady() {
    int port =
        serve(
            (request, answer) -> {
              switch (calls.get()) {
                case 1 -> answer.onError(Status.UNAVAILABLE.asRuntimeException());
                case 2 -> answer.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException());
                default -> answer(request, answer);
              }
            });

    assertThat(open(config(port, 60, 3, 9, 1)).scores(ALL)).isEqualTo(expected());
    assertThat(calls).hasValue(3);
  }

  @Test
  void callsOfMegabytesAreRepeatedToo() {
    Environment texts = new PrependAppend(List.of("A", "C"), "", 1_000);
    int[][] objects = new int[2_000][1_000];
    int port =
        serve(
            (request, answer) -> {
              if (calls.get() == 1) {
                answer.onError(Status.UNAVAILABLE.asRuntimeException());
              } else {
                answer(request, answer);
              }
            });
    reward = Rewards.create(config(port, 60, 2, 2_000, 1), Path.of(""), texts);

    assertThat(reward.scores(RewardFixture.objects(1_000, objects))).hasSize(2_000);
    assertThat(calls).hasValue(2);
  }

  @Test
  void attemptsComeToAnEnd() {
    int port =
        serve(
            (request, answer) ->
                answer.onError(
                    Status.UNAVAILABLE.withDescription("loading\nweights").asRuntimeException()));

    assertThat(failure(config(port, 60, 2, 9, 1), Category.UNAVAILABLE))
        .isEqualTo(
            "reward service localhost:"
                + port
                + ": found status UNAVAILABLE, \"loading weights\", expected scores within 60.0 s,"
                + " in up to 2 attempts");
    assertThat(calls).hasValue(2);
  }

  @Test
  void aServiceThatHangsMeetsTheDeadline() {
    int port = serve((request, answer) -> {});

    assertThat(failure(config(port, 0.5, 3, 4, 2), Category.UNAVAILABLE))
        .isEqualTo(
            "reward service localhost:"
                + port
                + ": found status DEADLINE_EXCEEDED, expected scores within 0.5 s, in up to 3"
                + " attempts");
  }

  @Test
  void attemptsShareTheDeadline() {
    int port = serve((request, answer) -> answer.onError(Status.UNAVAILABLE.asRuntimeException()));

    // Twenty attempts with their pauses take more than a minute.
    assertThat(failure(config(port, 1, 20, 9, 1), Category.UNAVAILABLE))
        .endsWith("expected scores within 1.0 s, in up to 20 attempts");
    assertThat(calls.get()).isBetween(1, 19);
  }

  @Test
  void anAbsentServiceIsNamed() throws InterruptedException {
    int port = serve(ServiceRewardTest::answer);
    stop();

    assertThat(failure(config(port, 60, 1, 9, 1), Category.UNAVAILABLE))
        .startsWith("reward service localhost:" + port + ": found status UNAVAILABLE, ")
        .containsPattern("\"io exception: [^\"]*Connection refused[^\"]*\"")
        .endsWith(", expected scores within 60.0 s, in one attempt");
  }

  @Test
  void aServiceThatDiesMidWayIsNamed() {
    int port =
        serve(
            (request, answer) -> {
              if (calls.get() == 3 && server != null) {
                server.shutdownNow();
              } else {
                answer(request, answer);
              }
            });

    assertThat(failure(config(port, 60, 2, 1, 1), Category.UNAVAILABLE))
        .startsWith("reward service localhost:" + port + ": found status ")
        .endsWith(", expected scores within 60.0 s, in up to 2 attempts")
        .doesNotContain("\n");
  }

  @Test
  void aConnectionThatBreaksIsNamed() throws IOException {
    try (ServerSocket listener = new ServerSocket(0)) {
      timer.schedule(task(() -> listener.accept().close()), 0);

      assertThat(failure(config(listener.getLocalPort(), 60, 1, 9, 1), Category.UNAVAILABLE))
          .startsWith(
              "reward service localhost:"
                  + listener.getLocalPort()
                  + ": found status UNAVAILABLE, ")
          .endsWith(", expected scores within 60.0 s, in one attempt")
          .doesNotContain("\n");
    }
  }

  @Test
  void whatAcceptsAndSaysNothingMeetsTheDeadline() throws IOException {
    try (ServerSocket listener = new ServerSocket(0)) {
      assertThat(failure(config(listener.getLocalPort(), 0.5, 2, 9, 1), Category.UNAVAILABLE))
          .contains("found status DEADLINE_EXCEEDED, expected scores within 0.5 s");
    }
  }

  @Test
  void callsAtATimeAreBoundedForAllBatchesTogether() throws Exception {
    Queue<Runnable> held = new ArrayDeque<>();
    AtomicInteger largest = new AtomicInteger();
    int port =
        serve(
            (request, answer) -> {
              synchronized (held) {
                held.add(() -> answer(request, answer));
                largest.accumulateAndGet(held.size(), Math::max);
                if (held.size() == 3) {
                  // Long enough for a fourth to come, were it allowed.
                  timer.schedule(
                      task(
                          () -> {
                            synchronized (held) {
                              held.forEach(Runnable::run);
                              held.clear();
                            }
                          }),
                      200);
                }
              }
            });

    Reward shared = open(config(port, 60, 1, 1, 3));
    CompletableFuture<double[]> second = CompletableFuture.supplyAsync(() -> shared.scores(ALL));
    assertThat(shared.scores(ALL)).isEqualTo(expected());
    assertThat(second.get()).isEqualTo(expected());
    assertThat(largest).hasValue(3);
    assertThat(shared.concurrency()).isEqualTo(3);
  }

  @Test
  void noCallFollowsOneThatFailed() {
    int port =
        serve(
            (request, answer) ->
                answer.onError(
                    Status.INVALID_ARGUMENT.withDescription("no such x").asRuntimeException()));

    assertThat(failure(config(port, 60, 4, 1, 1), Category.FAILED))
        .isEqualTo(
            "reward service localhost:"
                + port
                + ": found status INVALID_ARGUMENT, \"no such x\", expected scores within 60.0 s,"
                + " in up to 4 attempts");
    assertThat(calls).hasValue(1);
  }

  @Test
  void aFailureDoesNotWaitForACallThatHangsAndCallsItOff() throws InterruptedException {
    CountDownLatch calledOff = new CountDownLatch(1);
    CountDownLatch hangs = new CountDownLatch(1);
    int port =
        serve(
            (request, answer) -> {
              if (request.getObjects(0).equals("yy-yy")) {
                awaitQuietly(hangs);
                answer.onError(
                    Status.INVALID_ARGUMENT.withDescription("no such y").asRuntimeException());
              } else {
                ((ServerCallStreamObserver<ScoreResponse>) answer)
                    .setOnCancelHandler(calledOff::countDown);
                hangs.countDown();
              }
            });

    // Were the first call waited for, its deadline would be what ends the batch.
    assertThat(failure(config(port, 100, 1, 4, 2), Category.FAILED))
        .contains("found status INVALID_ARGUMENT, \"no such y\"");
    assertThat(calledOff.await(50, TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(50, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5})
  void aWrongCountIsRefused(int count) {
    int port =
        serve(
            (request, answer) -> {
              answer.onNext(
                  ScoreResponse.newBuilder().addAllScores(Collections.nCopies(count, 1.0)).build());
              answer.onCompleted();
            });

    assertThat(failure(config(port, 60, 1, 4, 1), Category.FAILED))
        .isEqualTo(
            "reward service localhost:"
                + port
                + ": found "
                + count
                + " scores for 4 objects, expected one each");
  }

  @Test
  void aScoreThatIsNoNumberIsRefused() {
    int port =
        serve(
            (request, answer) -> {
              answer.onNext(
                  ScoreResponse.newBuilder()
                      .addAllScores(List.of(1.0, 2.0, Double.NaN, 4.0))
                      .build());
              answer.onCompleted();
            });

    assertThat(failure(config(port, 60, 1, 4, 1), Category.FAILED))
        .isEqualTo(
            "reward service localhost:"
                + port
                + ": found a score of NaN for \"x-z\", expected a finite one");
  }

  @Test
  void noCallFollowsAScoreThatIsNoNumber() {
    int port =
        serve(
            (request, answer) -> {
              answer.onNext(ScoreResponse.newBuilder().addScores(Double.NaN).build());
              answer.onCompleted();
            });

    assertThat(failure(config(port, 60, 1, 1, 1), Category.FAILED))
        .contains("found a score of NaN for \"x-x\"");
    assertThat(calls).hasValue(1);
  }

  @Test
  void anInterruptEndsTheWait() {
    int port = serve((request, answer) -> {});
    Thread.currentThread().interrupt();
    try {
      assertThat(failure(config(port, 60, 1, 9, 1), Category.FAILED))
          .isEqualTo(
              "reward service localhost:"
                  + port
                  + ": found an interrupt, expected to wait for scores");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aTargetThatIsNoneIsRefused() {
    RewardConfig.Grpc config = new RewardConfig.Grpc("unix://host/path", 1, 1, 1, 1, 0);

    InvalidInputException refusal =
        catchThrowableOfType(
            InvalidInputException.class, () -> Rewards.create(config, Path.of(""), PAIRS));

    assertThat(refusal.getMessage())
        .isEqualTo(
            "reward.target: found \"unix://host/path\", expected host:port or a target of gRPC");
  }

  /** Something that a timer does. */
  @FunctionalInterface
  private interface Action {
    void run() throws IOException;
  }

  private static TimerTask task(Action action) {
    return new TimerTask() {
      @Override
      public void run() {
        try {
          action.run();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private int serve(BiConsumer<ScoreRequest, StreamObserver<ScoreResponse>> behaviour) {
    try {
      server =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addService(
                  new RewardServiceImplBase() {
                    @Override
                    public void score(ScoreRequest request, StreamObserver<ScoreResponse> answer) {
                      calls.incrementAndGet();
                      behaviour.accept(request, answer);
                    }
                  })
              .build()
              .start();
      return server.getPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Scores a text by its hash, which differs between the texts of these tests. */
  private static void answer(ScoreRequest request, StreamObserver<ScoreResponse> answer) {
    ScoreResponse.Builder response = ScoreResponse.newBuilder();
    request.getObjectsList().forEach(text -> response.addScores(text.hashCode()));
    answer.onNext(response.build());
    answer.onCompleted();
  }

  private static double[] expected() {
    return Arrays.stream("x-x x-yy x-z yy-x yy-yy yy-z z-x z-yy z-z".split(" "))
        .mapToDouble(String::hashCode)
        .toArray();
  }

  private static RewardConfig.Grpc config(
      int port, double deadline, int attempts, int batch, int concurrency) {
    return new RewardConfig.Grpc("localhost:" + port, deadline, attempts, batch, concurrency, 0);
  }

  private Reward open(RewardConfig.Grpc config) {
    reward = Rewards.create(config, Path.of(""), PAIRS);
    return reward;
  }

  private Reward opened() {
    return Objects.requireNonNull(reward);
  }

  private String failure(RewardConfig.Grpc config, Category category) {
    LogitFlowException failure =
        catchThrowableOfType(LogitFlowException.class, () -> open(config).scores(ALL));
    assertThat(failure.category()).as(failure.getMessage()).isEqualTo(category);
    return String.valueOf(failure.getMessage());
  }
}
