package io.logitflow.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.v1.Column;
import io.logitflow.v1.DescribeModelResponse;
import io.logitflow.v1.SampleRequest;
import io.logitflow.v1.SampleResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SamplerClientTest {
  private static final DescribeModelResponse DNA = LoopbackSampler.model("A", "C", "G", "T");

  @Test
  void streamsTheCandidatesOfEveryBetaInRowOrder() {
    try (LoopbackSampler sampler = LoopbackSampler.honest(DNA);
        SamplerClient client = SamplerClient.connect(sampler.target());
        CandidateStream stream =
            client.sample(
                SampleQuery.of(3, 1f, 10f)
                    .withSeed(-5)
                    .withColumns(Column.LOG_PF, Column.IMPLIED_LOG_REWARD))) {
      List<Candidate> candidates = new ArrayList<>();
      stream.forEachRemaining(candidates::add);

      assertThat(stream.seed()).isEqualTo(-5);
      assertThat(stream.extrapolated(0)).isFalse();
      assertThat(stream.extrapolated(1)).isTrue();
      assertThat(candidates).extracting(Candidate::row).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
      assertThat(candidates).extracting(Candidate::beta).containsExactly(1f, 1f, 1f, 10f, 10f, 10f);
      assertThat(candidates)
          .extracting(Candidate::object)
          .containsExactly("A", "CG", "GTA", "T", "AC", "CGT");
      Candidate third = candidates.get(2);
      assertThat(third.tokens()).containsExactly(2, 3, 0);
      assertThat(third.logPf()).hasValue(2.1f);
      assertThat(third.impliedLogReward()).hasValue(2.4f);
      assertThat(third.logPb()).isEqualTo(OptionalDouble.empty());
      assertThat(third.logZ()).isEqualTo(OptionalDouble.empty());
      assertThat(stream.hasNext()).isFalse();
      assertThatThrownBy(stream::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void aShardHasTheRowsAndBetasOfItsPartOfTheJob() {
    try (LoopbackSampler sampler = LoopbackSampler.honest(DNA);
        SamplerClient client = SamplerClient.connect(sampler.target());
        BlockStream blocks =
            client.sampleBlocks(
                SampleQuery.of(3, 1f)
                    .withBetas(1f, 2f)
                    .withCount(5)
                    .withFirstRow(1_000_000_000_000L)
                    .withColumns(Column.LOG_PB, Column.LOG_Z))) {
      List<String> rows = new ArrayList<>();
      while (blocks.hasNext()) {
        CandidateBlock block = blocks.next();
        for (int i = 0; i < block.rowCount(); i++) {
          rows.add((block.firstRow() + i - 1_000_000_000_000L) + "@" + block.beta(i));
        }
      }
      assertThat(blocks.seed()).isEqualTo(LoopbackSampler.DRAWN_SEED);
      assertThat(rows)
          .containsExactly(
              "0@1.0", "1@1.0", "2@1.0", "3@1.0", "4@1.0", "5@2.0", "6@2.0", "7@2.0", "8@2.0",
              "9@2.0");
    }
  }

  @Test
  void readsTokensOfTwoBytesAndJoinsNamesByTheSeparator() {
    DescribeModelResponse.Builder large =
        LoopbackSampler.model(LoopbackSampler.numberedTokens(300)).toBuilder();
    large.getVocabularyBuilder().setSeparator("-");
    try (LoopbackSampler sampler = LoopbackSampler.honest(large.build());
        SamplerClient client = SamplerClient.connect(sampler.target());
        CandidateStream stream = client.sample(SampleQuery.of(1, 1f).withFirstRow(299))) {
      Candidate candidate = stream.next();
      assertThat(candidate.object()).isEqualTo("t299-t0-t1");
      assertThat(candidate.tokens()).containsExactly(299, 0, 1);
    }
  }

  @Test
  void aColumnThatWasNotAskedForHasNoValue() {
    try (LoopbackSampler sampler = LoopbackSampler.honest(DNA);
        SamplerClient client = SamplerClient.connect(sampler.target());
        BlockStream blocks =
            client.sampleBlocks(SampleQuery.of(1, 1f).withColumns(Column.LOG_PF))) {
      CandidateBlock block = blocks.next();
      assertThat(block.value(Column.LOG_PF, 0)).isEqualTo(0.1f);
      assertThatThrownBy(() -> block.value(Column.LOG_Z, 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("column LOG_Z was not asked for");
    }
  }

  @Test
  void usesAChannelOfTheCallersAndLeavesItOpen() {
    try (LoopbackSampler sampler = LoopbackSampler.honest(DNA)) {
      ManagedChannel channel =
          Grpc.newChannelBuilder(sampler.target(), InsecureChannelCredentials.create()).build();
      try {
        SamplerClient client = new SamplerClient(channel, "the sampler");
        assertThat(client.describeModel()).isEqualTo(DNA);
        client.close();
        assertThat(channel.isShutdown()).isFalse();
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, INVALID_INPUT, 'count: found 0, expected 1 or more'",
    "RESOURCE_EXHAUSTED, OVERLOADED, 'TARGET: count: found 0, expected 1 or more'",
    "UNAVAILABLE, UNAVAILABLE, 'TARGET: no sampler answers: count: found 0, expected 1 or more'",
    "INTERNAL, FAILED, 'TARGET: INTERNAL: count: found 0, expected 1 or more'",
    "UNIMPLEMENTED, FAILED,"
        + " 'TARGET: not a LogitFlow sampler: count: found 0, expected 1 or more'",
  })
  void mapsTheStatusOfAFailedCall(Status.Code code, Category category, String message) {
    try (LoopbackSampler sampler =
            LoopbackSampler.start(
                DNA,
                (request, out) ->
                    out.onError(
                        code.toStatus()
                            .withDescription("count: found 0, expected 1 or more")
                            .asRuntimeException()));
        SamplerClient client = SamplerClient.connect(sampler.target())) {
      assertThatThrownBy(() -> client.sample(SampleQuery.of(0, 1f)))
          .hasMessage(message.replace("TARGET", sampler.target()))
          .asInstanceOf(type(LogitFlowException.class))
          .extracting(LogitFlowException::category)
          .isEqualTo(category);
    }
  }

  @Test
  void namesATargetThatNobodyListensOn() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String target = "127.0.0.1:" + port;
    try (SamplerClient client = SamplerClient.connect(target)) {
      assertThatThrownBy(client::describeModel)
          .hasMessageStartingWith(target + ": no sampler answers: ")
          .hasMessageContaining("Connection refused")
          .hasMessageNotContaining("\n")
          .asInstanceOf(type(LogitFlowException.class))
          .extracting(LogitFlowException::category)
          .isEqualTo(Category.UNAVAILABLE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", "localhost:", ":80", "h:0", "h:65536", "h:1x", "::1:80"})
  void refusesATargetOfAnotherForm(String target) {
    assertThatThrownBy(() -> SamplerClient.connect(target))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("target: found " + target + ", expected HOST:PORT with a port from 1 to 65535");
  }

  @Test
  void readsTheFormsOfATarget() {
    assertThat(Target.parse("[::1]:443")).isEqualTo(new Target("::1", 443));
    assertThat(Target.parse("my_host.local:65535")).isEqualTo(new Target("my_host.local", 65_535));
  }

  @Test
  void aFailureInTheMiddleEndsTheStreamAfterTheRowsThatCame() {
    try (LoopbackSampler sampler =
            LoopbackSampler.start(
                DNA,
                (request, out) -> {
                  out.onNext(LoopbackSampler.headerOf(request, DNA));
                  out.onNext(
                      LoopbackSampler.wrap(LoopbackSampler.chunk(request, DNA, 0, 2).build()));
                  out.onError(Status.UNAVAILABLE.withDescription("stopping").asException());
                });
        SamplerClient client = SamplerClient.connect(sampler.target());
        CandidateStream stream = client.sample(SampleQuery.of(9, 1f))) {
      stream.next();
      stream.next();
      assertThatThrownBy(stream::hasNext)
          .isInstanceOf(LogitFlowException.class)
          .hasMessage(sampler.target() + ": no sampler answers: stopping");
    }
  }

  @Test
  void aDeadlineEndsAStreamThatStalls() {
    try (LoopbackSampler sampler =
            LoopbackSampler.start(
                DNA, (request, out) -> out.onNext(LoopbackSampler.headerOf(request, DNA)));
        SamplerClient client = SamplerClient.connect(sampler.target());
        CandidateStream stream =
            client.sample(SampleQuery.of(1, 1f).withDeadline(Duration.ofMillis(1_500)))) {
      assertThatThrownBy(stream::hasNext)
          .isInstanceOf(LogitFlowException.class)
          .hasMessageStartingWith(sampler.target() + ": the deadline passed before the answer: ");
    }
  }

  @Test
  void closingEarlyCancelsTheCall() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    try (LoopbackSampler sampler =
            LoopbackSampler.start(
                DNA,
                (request, out) -> {
                  out.setOnCancelHandler(cancelled::countDown);
                  out.onNext(LoopbackSampler.headerOf(request, DNA));
                });
        SamplerClient client = SamplerClient.connect(sampler.target())) {
      CandidateStream stream = client.sample(SampleQuery.of(1_000, 1f));
      stream.close();
      assertThat(cancelled.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(stream.hasNext()).isFalse();
    }
  }

  @Test
  void theServerSendsAtThePaceOfTheReader() throws Exception {
    AtomicLong sent = new AtomicLong();
    Semaphore stalled = new Semaphore(0);
    long rows = 2_000_000;
    try (LoopbackSampler sampler =
            LoopbackSampler.start(
                DNA, (request, out) -> sendWhileReady(request, out, rows, sent, stalled));
        SamplerClient client = SamplerClient.connect(sampler.target());
        BlockStream blocks = client.sampleBlocks(SampleQuery.of(rows, 1f))) {
      blocks.next();
      assertThat(stalled.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
      long sentToAReaderAtRest = sent.get();
      assertThat(sentToAReaderAtRest).isLessThan(rows / 2);
      blocks.forEachRemaining(block -> {});
      assertThat(sent).hasValue(rows);
    }
  }

  @Test
  void aStreamIsReadWhileAnotherIsOpen() throws Exception {
    try (LoopbackSampler sampler = LoopbackSampler.honest(DNA);
        SamplerClient client = SamplerClient.connect(sampler.target());
        CandidateStream first = client.sample(SampleQuery.of(50, 1f))) {
      first.next();
      CompletableFuture<Long> other =
          CompletableFuture.supplyAsync(
              () -> {
                try (CandidateStream second = client.sample(SampleQuery.of(70, 1f))) {
                  long count = 0;
                  for (; second.hasNext(); second.next()) {
                    count++;
                  }
                  return count;
                }
              });
      assertThat(other.get(30, TimeUnit.SECONDS)).isEqualTo(70);
      assertThat(first.next().row()).isEqualTo(1);
    }
  }

  private static void sendWhileReady(
      SampleRequest request,
      ServerCallStreamObserver<SampleResponse> out,
      long rows,
      AtomicLong sent,
      Semaphore stalled) {
    out.onNext(LoopbackSampler.headerOf(request, DNA));
    out.setOnReadyHandler(
        () -> {
          while (out.isReady() && sent.get() < rows) {
            out.onNext(
                LoopbackSampler.wrap(
                    LoopbackSampler.chunk(request, DNA, sent.getAndAdd(2_000), 2_000).build()));
            if (sent.get() == rows) {
              out.onCompleted();
            }
          }
          stalled.release();
        });
  }
}
