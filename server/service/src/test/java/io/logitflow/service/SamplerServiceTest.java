package io.logitflow.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.RowBytes;
import io.logitflow.sampler.batching.Roadblock;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.oracle.ChiSquare;
import io.logitflow.sampler.oracle.ExactDistribution;
import io.logitflow.sampler.scoring.Scorer;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.v1.CandidateChunk;
import io.logitflow.v1.Column;
import io.logitflow.v1.DescribeModelRequest;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.SampleRequest;
import io.logitflow.v1.SampleResponse;
import io.logitflow.v1.SamplerGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls over a real connection to a server with one worker and tiles of 32 rows. */
final class SamplerServiceTest {
  private final Path directory;
  private final Rig rig;

  SamplerServiceTest(@TempDir Path directory) {
    this.directory = directory;
    rig = Rig.start(directory, 1, 32);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void sendsTheHeaderAndThenTheRowsInOrder() {
    Rig.Answer answer =
        Rig.read(rig.stub().sample(Rig.request(2, 100, 7).addBeta(99).setFirstRow(1_000).build()));

    assertThat(answer.header().getSeed()).isEqualTo(7);
    assertThat(answer.header().getExtrapolatedList()).containsExactly(false, true);
    assertThat(answer.header().getRowWidth()).isEqualTo(3);
    assertThat(answer.header().getBytesPerToken()).isEqualTo(1);
    long next = 1_000;
    for (CandidateChunk chunk : answer.chunks()) {
      assertThat(chunk.getFirstRow()).isEqualTo(next);
      assertThat(chunk.getTokens().size()).isEqualTo(3 * chunk.getRowCount());
      assertThat(chunk.getLengthCount()).isEqualTo(chunk.getRowCount());
      next += chunk.getRowCount();
    }
    assertThat(next).isEqualTo(1_200);
  }

  @Test
  void sendsOnlyTheColumnsAskedFor() {
    SampleRequest bare = SampleRequest.newBuilder().addBeta(1).setCount(4).build();
    CandidateChunk none = Rig.read(rig.stub().sample(bare)).chunks().get(0);
    assertThat(none.getLengthCount()).isEqualTo(4);
    assertThat(none.getLogPfCount() + none.getLogPbCount()).isZero();
    assertThat(none.getLogZCount() + none.getImpliedLogRewardCount()).isZero();

    CandidateChunk one =
        Rig.read(rig.stub().sample(bare.toBuilder().addColumns(Column.LOG_Z).build()))
            .chunks()
            .get(0);
    assertThat(one.getLogZCount()).isEqualTo(4);
    assertThat(one.getLogPfCount() + one.getLogPbCount()).isZero();
    assertThat(one.getImpliedLogRewardCount()).isZero();
  }

  @Test
  void drawsASeedAndReturnsItSoThatTheRequestCanBeRepeated() {
    SampleRequest request = Rig.request(1, 50, 0).clearSeed().build();
    Rig.Answer first = Rig.read(rig.stub().sample(request));
    long seed = first.header().getSeed();
    Rig.Answer again = Rig.read(rig.stub().sample(request.toBuilder().setSeed(seed).build()));

    assertThat(seed).isBetween(0L, (1L << 53) - 1);
    assertThat(again.bits()).isEqualTo(first.bits());
    assertThat(Rig.read(rig.stub().sample(request)).header().getSeed()).isNotEqualTo(seed);
  }

  @Test
  void givesTheSameBytesAloneInProcessInAnotherTileAndAfterARestart() {
    SampleRequest request = Rig.request(0.7F, 1_000, -5).addBeta(3).setFirstRow(3).build();
    byte[] alone = Rig.read(rig.stub().sample(request)).bits();

    assertThat(alone)
        .isEqualTo(
            RowBytes.of(
                rig.server().sampler(),
                io.logitflow.sampler.sampling.SampleRequest.of(
                    new float[] {0.7F, 3}, 1_000, 3, -5)));
    for (int tile : new int[] {7, 32, 512}) {
      try (Rig other = Rig.startAt(directory, 2, tile, Duration.ZERO)) {
        assertThat(Rig.read(other.stub().sample(request)).bits()).isEqualTo(alone);
      }
    }
  }

  @Test
  void givesTheSameBytesAmongSixteenClients() throws Exception {
    SampleRequest request = Rig.request(1.5F, 500, 11).build();
    byte[] alone = Rig.read(rig.stub().sample(request)).bits();
    ExecutorService clients = Executors.newFixedThreadPool(16);
    try {
      List<Future<byte[]>> same = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        SampleRequest own = i % 2 == 0 ? request : Rig.request(1 + i, 100 + i, i).build();
        Future<byte[]> answer = clients.submit(() -> sampleOverNewConnection(own));
        if (i % 2 == 0) {
          same.add(answer);
        }
      }
      for (Future<byte[]> answer : same) {
        assertThat(answer.get()).isEqualTo(alone);
      }
    } finally {
      clients.shutdown();
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.5F, 1, 3})
  void samplesTheModelsExactDistribution(float beta) {
    Bundle bundle = Bundle.open(directory);
    double[] exact = ExactDistribution.of(bundle, beta);
    long[] counts = new long[exact.length];

    for (CandidateChunk chunk :
        Rig.read(rig.stub().sample(Rig.request(beta, 200_000, 3).build())).chunks()) {
      for (int i = 0; i < chunk.getRowCount(); i++) {
        int object = 0;
        for (int position = 0; position < 3; position++) {
          object = 4 * object + chunk.getTokens().byteAt(3 * i + position);
        }
        counts[object]++;
      }
    }

    assertThat(ChiSquare.pValue(counts, exact)).isGreaterThan(0.001);
  }

  @Test
  void runsSixteenRequestsThatWaitInOneRun() throws Exception {
    Sampler sampler = rig.server().sampler();
    ExecutorService clients = Executors.newFixedThreadPool(16);
    List<Future<Rig.Answer>> answers = new ArrayList<>();
    try {
      Roadblock.whileBusy(
          sampler,
          () -> {
            List<Iterator<SampleResponse>> waiting = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
              waiting.add(rig.stub().sample(Rig.request(1, 1, i).build()));
            }
            // A header comes once the request is queued, and here its rows cannot have run.
            for (Iterator<SampleResponse> responses : waiting) {
              assertThat(responses.hasNext()).isTrue();
              answers.add(clients.submit(() -> Rig.read(responses)));
            }
            assertThat(sampler.runs()).isEqualTo(1);
          });
      for (Future<Rig.Answer> answer : answers) {
        assertThat(answer.get().rows()).isEqualTo(1);
      }
      assertThat(sampler.runs()).isEqualTo(2);
    } finally {
      clients.shutdown();
    }
  }

  static Stream<Arguments> faults() {
    SampleRequest valid = SampleRequest.newBuilder().addBeta(1).setCount(1).build();
    return Stream.of(
        Arguments.of(
            valid.toBuilder().clearBeta().build(),
            "beta: found 0 values, expected 1 to 1000 values"),
        Arguments.of(
            valid.toBuilder().addBeta(0).build(),
            "beta[1]: found 0.0, expected a finite number above 0"),
        Arguments.of(
            valid.toBuilder().addBeta(-1).build(),
            "beta[1]: found -1.0, expected a finite number above 0"),
        Arguments.of(
            valid.toBuilder().addBeta(Float.NaN).build(),
            "beta[1]: found NaN, expected a finite number above 0"),
        Arguments.of(
            valid.toBuilder().setBeta(0, Float.POSITIVE_INFINITY).build(),
            "beta[0]: found Infinity, expected a finite number above 0"),
        Arguments.of(
            valid.toBuilder().setCount(0).build(), "count: found 0, expected 1 to 1000000"),
        Arguments.of(
            valid.toBuilder().setCount(-3).build(), "count: found -3, expected 1 to 1000000"),
        Arguments.of(
            valid.toBuilder().addBeta(2).setCount(500_001).build(),
            "count: found 500001, expected 1 to 500000"),
        Arguments.of(
            valid.toBuilder().setFirstRow(-1).build(), "first_row: found -1, expected at least 0"),
        Arguments.of(
            valid.toBuilder().setCount(2).setFirstRow(Long.MAX_VALUE).build(),
            "first_row: found 9223372036854775807, expected at most 9223372036854775806"),
        Arguments.of(
            valid.toBuilder().addColumns(Column.LOG_PF).addColumns(Column.LOG_PF).build(),
            "columns[1]: found LOG_PF, expected each column once"),
        Arguments.of(
            valid.toBuilder().addAllColumns(Collections.nCopies(60_000, Column.LOG_PF)).build(),
            "columns: found 60000 values, expected at most 5, each column once"),
        Arguments.of(
            valid.toBuilder().addAllBeta(Collections.nCopies(999, Float.NaN)).build(),
            IntStream.rangeClosed(1, 10)
                    .mapToObj(j -> "beta[" + j + "]: found NaN, expected a finite number above 0\n")
                    .collect(Collectors.joining())
                + "beta: found 989 further faults, expected finite numbers above 0"),
        Arguments.of(
            valid.toBuilder().addColumnsValue(0).build(),
            "columns[0]: found COLUMN_UNSPECIFIED, expected LOG_PF, LOG_PB, LOG_Z,"
                + " IMPLIED_LOG_REWARD or LOG_PF_DRAWN"),
        Arguments.of(
            valid.toBuilder().addColumnsValue(77).build(),
            "columns[0]: found 77, expected LOG_PF, LOG_PB, LOG_Z, IMPLIED_LOG_REWARD or"
                + " LOG_PF_DRAWN"),
        Arguments.of(
            valid.toBuilder().setBeta(0, 0).setCount(0).build(),
            "beta[0]: found 0.0, expected a finite number above 0\n"
                + "count: found 0, expected 1 to 1000000"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void refusesAnInvalidArgumentBeforeItSendsAnything(SampleRequest request, String message) {
    assertThatThrownBy(() -> rig.stub().sample(request).next())
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              assertThat(e.getStatus().getDescription()).isEqualTo(message);
            });
    assertThat(rig.server().sampler().outstandingRows()).isZero();
  }

  @Test
  void refusesAnotherBetaThanThatOfAModelWithoutConditioning(@TempDir Path unconditioned) {
    GoldenBundle.openUnconditioned(unconditioned, 2);
    try (Rig other = Rig.startAt(unconditioned, 1, 32, Duration.ZERO)) {
      assertThat(Rig.read(other.stub().sample(Rig.request(2, 3, 1).build())).rows()).isEqualTo(3);
      assertThatThrownBy(() -> other.stub().sample(Rig.request(1, 3, 1).build()).next())
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessage(
              "INVALID_ARGUMENT: beta[0]: found 1.0, expected 2.0, the one beta that this model"
                  + " answers: it is not conditioned on beta");
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.MAX_VALUE, Float.MIN_VALUE})
  void refusesABetaThatTheModelHasNoNumbersFor(float beta) {
    assertThatThrownBy(() -> Rig.read(rig.stub().sample(Rig.request(beta, 1, 1).build())))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage(
            "INVALID_ARGUMENT: beta: found "
                + beta
                + ", expected a beta at which the model's numbers are finite (trained on 1.0 to"
                + " 3.0)");
    assertThat(rig.server().sampler().outstandingRows()).isZero();
  }

  @Test
  void takesTheLargestRequestAndNoneManyTimesItsSize() {
    SampleRequest largest =
        Rig.request(1, 1, Long.MIN_VALUE)
            .addAllBeta(Collections.nCopies(999, 2F))
            .setFirstRow(Long.MAX_VALUE - 999)
            .build();
    assertThat(Rig.read(rig.stub().sample(largest)).rows()).isEqualTo(1_000);

    SampleRequest huge =
        largest.toBuilder().addAllColumns(Collections.nCopies(4_000_000, Column.LOG_PF)).build();
    assertThatThrownBy(() -> rig.stub().sample(huge).next())
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 65536: ");
  }

  @Test
  void dropsTheRowsOfACallThatCannotBeAnswered() {
    Sampler sampler = rig.server().sampler();

    assertThatThrownBy(
            () ->
                new SamplerService(sampler, Scorer.open(sampler.bundle(), ExecutionProvider.CPU, 1))
                    .sample(Rig.request(1, 1_000, 1).build(), new BrokenClient()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no way to the client");
    assertThat(sampler.outstandingRows()).isZero();
  }

  @Test
  void answersResourceExhaustedAtOnceWhenTheQueueIsFull() throws InterruptedException {
    Roadblock.whileBusy(
        rig.server().sampler(),
        () -> {
          Iterator<SampleResponse> large =
              rig.stub().sample(Rig.request(1, Rig.MAXIMUM_ROWS, 1).build());
          assertThat(large.next().hasHeader()).isTrue();

          assertThatThrownBy(() -> rig.stub().sample(Rig.request(1, 1, 1).build()).next())
              .isInstanceOf(StatusRuntimeException.class)
              .hasMessage(
                  "RESOURCE_EXHAUSTED: the queue is full: 1000000 rows outstanding, 1 more asked"
                      + " for, at most 1000000; try again later");
        });
  }

  @Test
  void dropsTheRowsOfACallWhoseDeadlineHasPassed() throws InterruptedException {
    Sampler sampler = rig.server().sampler();
    Roadblock.whileBusy(
        sampler,
        () -> {
          Iterator<SampleResponse> responses =
              rig.stub()
                  .withDeadlineAfter(500, TimeUnit.MILLISECONDS)
                  .sample(Rig.request(1, 100, 1).build());
          assertThatThrownBy(() -> responses.forEachRemaining(response -> {}))
              .isInstanceOf(StatusRuntimeException.class)
              .hasMessageStartingWith("DEADLINE_EXCEEDED");
          awaitNothingOutstanding(sampler);
        });
    assertThat(Rig.read(rig.stub().sample(Rig.request(1, 1, 1).build())).rows()).isEqualTo(1);
    assertThat(sampler.runs()).isEqualTo(2);
  }

  @Test
  void dropsTheRowsOfACancelledCall() throws InterruptedException {
    Sampler sampler = rig.server().sampler();
    Roadblock.whileBusy(
        sampler,
        () -> {
          Context.CancellableContext context = Context.current().withCancellation();
          context.run(
              () ->
                  assertThat(rig.stub().sample(Rig.request(1, 100, 1).build()).next().hasHeader())
                      .isTrue());
          context.cancel(null);
          awaitNothingOutstanding(sampler);
        });
  }

  @Test
  void pausesForAClientThatDoesNotReadAndServesTheOthers() {
    Sampler sampler = rig.server().sampler();
    Iterator<SampleResponse> unread =
        rig.stub().sample(Rig.request(1, Rig.MAXIMUM_ROWS / 2, 1).build());
    assertThat(unread.next().hasHeader()).isTrue();

    // In turns with the others, a stream that did not wait for its client would be done by now.
    int others = Rig.MAXIMUM_ROWS / 4;
    for (int seed = 0; seed < 4; seed++) {
      assertThat(Rig.read(rig.stub().sample(Rig.request(2, others, seed).build())).rows())
          .isEqualTo(others);
    }

    // Flow control lets some rows into the client's and the connection's buffers, not all.
    assertThat(sampler.outstandingRows()).isGreaterThan(Rig.MAXIMUM_ROWS / 4);
    int rows = 0;
    while (unread.hasNext()) {
      rows += unread.next().getChunk().getRowCount();
    }
    assertThat(rows).isEqualTo(Rig.MAXIMUM_ROWS / 2);
  }

  @Test
  void describesTheModel() {
    Manifest manifest = Bundle.open(directory).manifest();

    DescribeModelResponse model =
        rig.stub().describeModel(DescribeModelRequest.getDefaultInstance());

    assertThat(model.getVocabulary()).isEqualTo(manifest.getVocabulary());
    assertThat(model.getEnvironment()).isEqualTo(manifest.getEnvironment());
    assertThat(model.getTrainedBeta()).isEqualTo(manifest.getTrainedBeta());
    assertThat(model.getProvenance()).isEqualTo(manifest.getProvenance());
    assertThat(model.getConditioning()).isEqualTo(manifest.getConditioning());
    assertThat(model.getLogReward()).isEqualTo(manifest.getLogReward());
    assertThat(model.getLimits().getMaximumRows()).isEqualTo(Rig.MAXIMUM_ROWS);
    assertThat(model.getLimits().getMaximumBetas()).isEqualTo(1_000);
    assertThat(model.hasPrecision()).isFalse();
  }

  @Test
  void saysHowFarARolloutOfFewerBitsIs(@TempDir Path reduced) {
    GoldenBundle.copyTo(reduced);
    GoldenBundle.rewrite(reduced, GoldenBundle::withBytes);
    try (Rig described = Rig.startAt(reduced, 1, 4, Duration.ZERO)) {
      DescribeModelResponse model =
          described.stub().describeModel(DescribeModelRequest.getDefaultInstance());
      assertThat(model.getPrecision())
          .isEqualTo(Bundle.open(reduced).manifest().getPrecision())
          .satisfies(precision -> assertThat(precision.getDivergenceCount()).isEqualTo(2));
    }
  }

  private byte[] sampleOverNewConnection(SampleRequest request) {
    ManagedChannel channel = rig.newChannel();
    try {
      return Rig.read(SamplerGrpc.newBlockingStub(channel).sample(request)).bits();
    } finally {
      channel.shutdownNow();
    }
  }

  /** Waits for a cancellation to cross the connection; the build's limit is the only one. */
  private static void awaitNothingOutstanding(Sampler sampler) {
    while (sampler.outstandingRows() > 0) {
      assertThat(Thread.currentThread().isInterrupted()).as("the test's time is up").isFalse();
      Thread.onSpinWait();
    }
  }
}
