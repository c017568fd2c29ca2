package io.logitflow.sampler.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.RowBytes;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.oracle.ChiSquare;
import io.logitflow.sampler.oracle.ExactDistribution;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.CounterRandom;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.session.ExecutionProvider;
import java.io.ByteArrayOutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class SamplerTest {
  private static final SampleRequest REQUEST =
      SampleRequest.of(new float[] {0.5F, 1, 3}, 700, 5, 42);

  private final Path directory;

  SamplerTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "2, 7", "1, 32", "3, 32", "2, 256", "1, 512", "2, 4096"})
  void givesTheSameBytesInAnyTileAndWithAnyWorkers(int workers, int tileRows) {
    Bundle bundle = GoldenBundle.open(directory);
    byte[] reference;
    try (Sampler sampler = Sampler.open(bundle, options(1, 256))) {
      reference = RowBytes.of(sampler, REQUEST);
    }
    try (Sampler sampler = Sampler.open(Bundle.open(directory), options(workers, tileRows))) {
      assertThat(RowBytes.of(sampler, REQUEST)).isEqualTo(reference);
    }
  }

  @Test
  void refusesOtherBetasThanThatOfAModelWithoutConditioning() {
    Bundle bundle = GoldenBundle.openUnconditioned(directory, 1.5f);
    try (Sampler sampler = Sampler.open(bundle, options(1, 32))) {
      SampleRequest own = SampleRequest.of(new float[] {1.5f}, 10, 0, 1);
      assertThat(RowBytes.of(sampler, own)).isNotEmpty();
      SampleRequest others = SampleRequest.of(new float[] {1.5f, 1.25f}, 10, 0, 1);
      assertThatThrownBy(() -> sampler.stream(others))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "beta[1]: found 1.25, expected 1.5, the one beta that this model answers: it is not"
                  + " conditioned on beta");
      assertThat(sampler.outstandingRows()).isZero();
    }
  }

  @Test
  void givesTheSameBytesAmongOthers() throws Exception {
    try (Sampler sampler = Sampler.open(GoldenBundle.open(directory), options(2, 32))) {
      byte[] alone = RowBytes.of(sampler, REQUEST);
      ExecutorService pool = Executors.newFixedThreadPool(16);
      try {
        List<Future<byte[]>> same = new ArrayList<>();
        List<Future<byte[]>> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          SampleRequest other = SampleRequest.of(new float[] {1 + i}, 100 + 37L * i, i, i);
          same.add(pool.submit(() -> RowBytes.of(sampler, REQUEST)));
          others.add(pool.submit(() -> RowBytes.of(sampler, other)));
        }
        for (Future<byte[]> bytes : same) {
          assertThat(bytes.get()).isEqualTo(alone);
        }
        for (Future<byte[]> bytes : others) {
          assertThat(bytes.get()).isNotEqualTo(alone);
        }
      } finally {
        pool.shutdown();
      }
    }
  }

  @Test
  void givesAShardTheRowsOfTheWhole() {
    try (Sampler sampler = Sampler.open(GoldenBundle.open(directory), options(2, 32))) {
      byte[] whole = RowBytes.of(sampler, SampleRequest.of(new float[] {2}, 1_000, 0, 9));
      ByteArrayOutputStream shards = new ByteArrayOutputStream();
      for (long first : new long[] {0, 1, 334}) {
        long end = first == 0 ? 1 : first == 1 ? 334 : 1_000;
        shards.writeBytes(
            RowBytes.of(sampler, SampleRequest.of(new float[] {2}, end - first, first, 9)));
      }
      assertThat(shards.toByteArray()).isEqualTo(whole);
    }
  }

  @Test
  void givesOtherRowsForAnotherSeed() {
    try (Sampler sampler = Sampler.open(GoldenBundle.open(directory), options(1, 32))) {
      assertThat(RowBytes.of(sampler, SampleRequest.of(new float[] {1}, 100, 0, 1)))
          .isNotEqualTo(RowBytes.of(sampler, SampleRequest.of(new float[] {1}, 100, 0, 1L << 32)));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.3F, 1, 3})
  void samplesTheModelsExactDistribution(float beta) {
    Bundle bundle = GoldenBundle.open(directory);
    double[] exact = ExactDistribution.of(bundle, beta);
    assertThat(Arrays.stream(exact).sum()).isCloseTo(1, Offset.offset(1e-9));

    long[] counts = counts(bundle, beta, exact.length);

    assertThat(ChiSquare.pValue(counts, exact)).isGreaterThan(0.001);
    // The test has the power to tell a beta that is off by 5%.
    assertThat(ChiSquare.pValue(counts, ExactDistribution.of(bundle, beta * 1.05F)))
        .isLessThan(0.001);
  }

  @Test
  void drawsTokensOfTwoBytesWithTheUniformsOfTheirRows() {
    Bundle bundle = GoldenBundle.openWide(directory);
    FloatBuffer uniforms = FloatBuffer.allocate(3);
    try (Sampler sampler = Sampler.open(bundle, options(2, 32));
        CandidateStream stream =
            sampler.stream(SampleRequest.of(new float[] {1}, 1_000, 1L << 40, -8))) {
      while (stream.hasNext()) {
        Candidates candidates = stream.next();
        assertThat(candidates.bytesPerRow()).isEqualTo(6);
        for (int i = 0; i < candidates.rowCount(); i++) {
          new CounterRandom().fill(-8, candidates.firstRow() + i, 1, uniforms, 0, 3);
          assertThat(bundle.vocabulary().text(candidates.tokens(), 6 * i, candidates.length(i)))
              .isEqualTo(
                  "%d %d %d"
                      .formatted(
                          (int) (uniforms.get(0) * 300),
                          (int) (uniforms.get(1) * 300),
                          (int) (uniforms.get(2) * 300)));
        }
      }
    }
  }

  @Test
  void runsSixteenRequestsThatWaitInOneRun() throws InterruptedException {
    try (Sampler sampler = Sampler.open(GoldenBundle.open(directory), options(1, 256))) {
      List<Recorder> recorders = new ArrayList<>();
      Roadblock.whileBusy(
          sampler,
          () -> {
            for (int i = 0; i < 16; i++) {
              Recorder recorder = Recorder.greedy();
              recorders.add(recorder);
              sampler.submit(SampleRequest.of(new float[] {1}, 1, i, i), recorder);
            }
          });
      for (Recorder recorder : recorders) {
        recorder.awaitEnd();
        assertThat(recorder.rows()).isEqualTo(1);
      }
      assertThat(sampler.runs()).isEqualTo(2);
    }
  }

  @Test
  void pausesOnlyTheRequestOfASlowConsumer() throws InterruptedException {
    try (Sampler sampler = Sampler.open(GoldenBundle.open(directory), options(2, 32))) {
      Recorder slow = Recorder.slow();
      Subscription subscription =
          sampler.submit(SampleRequest.of(new float[] {1}, 100_000, 0, 1), slow);
      Recorder quick = Recorder.greedy();
      sampler.submit(SampleRequest.of(new float[] {1}, 10_000, 0, 2), quick);
      quick.awaitEnd();

      assertThat(quick.rows()).isEqualTo(10_000);
      assertThat(slow.rows()).isLessThanOrEqualTo(64);
      subscription.cancel();
      assertThat(sampler.outstandingRows()).isZero();
    }
  }

  @Test
  void failsOnlyTheRequestThatTheRunFailsForAndGoesOn() throws InterruptedException {
    try (Sampler sampler = Sampler.open(GoldenBundle.openFaulty(directory), options(1, 32))) {
      Recorder before = Recorder.greedy();
      Recorder ill = Recorder.greedy();
      Recorder after = Recorder.greedy();
      Roadblock.whileBusy(
          sampler,
          () -> {
            sampler.submit(SampleRequest.of(new float[] {1}, 2, 0, 0), before);
            sampler.submit(SampleRequest.of(new float[] {200}, 1, 0, 0), ill);
            sampler.submit(SampleRequest.of(new float[] {2}, 3, 50, 0), after);
          });
      before.awaitEnd();
      ill.awaitEnd();
      after.awaitEnd();

      assertThat(ill.rows()).isZero();
      assertThat(ill.failure())
          .isInstanceOfSatisfying(
              LogitFlowException.class, e -> assertThat(e.category()).isEqualTo(Category.FAILED))
          .hasMessageStartingWith("a run of the rollout graph failed: ");
      assertThat(before.failure()).isNull();
      assertThat(before.rows()).isEqualTo(2);
      assertThat(after.failure()).isNull();
      assertThat(after.firstRows()).containsExactly(50L);
      assertThat(after.rows()).isEqualTo(3);
      // The roadblock's, the one that failed, one for each of its requests.
      assertThat(sampler.runs()).isEqualTo(5);
      assertThat(RowBytes.of(sampler, SampleRequest.of(new float[] {1}, 1, 0, 0))).isNotEmpty();
    }
  }

  @Test
  void failsOnlyTheRequestThatCannotBeHandedOver() throws InterruptedException {
    Recorder unspeakable = Recorder.throwing(new Unspeakable());
    Recorder healthy = Recorder.greedy();
    try (Sampler sampler = Sampler.open(GoldenBundle.open(directory), options(1, 32))) {
      Roadblock.whileBusy(
          sampler,
          () -> {
            sampler.submit(SampleRequest.of(new float[] {1}, 1, 0, 0), unspeakable);
            sampler.submit(SampleRequest.of(new float[] {1}, 1, 0, 0), healthy);
          });
      unspeakable.awaitEnd();
      healthy.awaitEnd();

      assertThat(unspeakable.failure())
          .hasMessage(
              "the candidates cannot be handed over: java.lang.IllegalStateException: no words");
      assertThat(unspeakable.ends()).isEqualTo(1);
      assertThat(healthy.failure()).isNull();
      assertThat(RowBytes.of(sampler, SampleRequest.of(new float[] {1}, 1, 0, 0))).isNotEmpty();
      assertThat(sampler.outstandingRows()).isZero();
    }
  }

  @Test
  void failsOnlyTheRequestThatGetsImpossibleNumbers() throws InterruptedException {
    try (Sampler sampler = Sampler.open(GoldenBundle.openFaulty(directory), options(1, 32))) {
      Recorder healthy = Recorder.greedy();
      Recorder ill = Recorder.greedy();
      Roadblock.whileBusy(
          sampler,
          () -> {
            sampler.submit(SampleRequest.of(new float[] {60}, 1, 7, 0), ill);
            sampler.submit(SampleRequest.of(new float[] {1}, 1, 0, 0), healthy);
          });
      healthy.awaitEnd();
      ill.awaitEnd();

      assertThat(healthy.failure()).isNull();
      assertThat(ill.failure())
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "beta: found 60.0, expected a beta at which the model's numbers are finite (trained"
                  + " on 1.0 to 3.0)");
    }
  }

  @Test
  void finishesWhatItAdmittedWhenClosedWithGrace() throws InterruptedException {
    Sampler sampler = Sampler.open(GoldenBundle.open(directory), options(2, 32));
    Recorder recorder = Recorder.greedy();
    sampler.submit(SampleRequest.of(new float[] {1}, 20_000, 0, 0), recorder);

    sampler.close(Duration.ofHours(1));

    assertThat(recorder.failure()).isNull();
    assertThat(recorder.rows()).isEqualTo(20_000);
    assertThatThrownBy(() -> sampler.stream(REQUEST))
        .isInstanceOf(LogitFlowException.class)
        .hasMessage("the sampler is closing");
  }

  @Test
  void failsAReaderWhenClosedAtOnce() {
    Sampler sampler = Sampler.open(GoldenBundle.open(directory), options(1, 32));
    CandidateStream stream = sampler.stream(SampleRequest.of(new float[] {1}, 100_000, 0, 0));
    sampler.close();

    assertThatThrownBy(() -> drain(stream))
        .isInstanceOf(LogitFlowException.class)
        .hasMessage("the sampler is closing");
  }

  @Test
  void iteratesToTheEndAndNoFurther() {
    try (Sampler sampler = Sampler.open(GoldenBundle.open(directory), options(1, 32));
        CandidateStream stream = sampler.stream(SampleRequest.of(new float[] {1}, 100, 0, 0))) {
      assertThat(drain(stream)).isEqualTo(100);
      assertThatThrownBy(stream::next)
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage("all rows were read");
    }
  }

  @Test
  void dropsTheRowsOfAStreamThatIsClosedEarly() {
    try (Sampler sampler = Sampler.open(GoldenBundle.open(directory), options(1, 32))) {
      try (CandidateStream stream =
          sampler.stream(SampleRequest.of(new float[] {1}, 100_000, 0, 0))) {
        assertThat(stream.next().firstRow()).isZero();
      }
      assertThat(sampler.outstandingRows()).isZero();
    }
  }

  @Test
  void hasNothingMoreOnceItIsClosed() {
    try (Sampler sampler = Sampler.open(GoldenBundle.open(directory), options(1, 32))) {
      CandidateStream stream = sampler.stream(SampleRequest.of(new float[] {1}, 100_000, 0, 0));
      assertThat(stream.hasNext()).isTrue();
      stream.close();

      assertThat(stream.hasNext()).isFalse();
      assertThatThrownBy(stream::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void wakesAThreadThatWaitsOnAStreamThatIsClosed() throws Exception {
    ExecutorService readers = Executors.newSingleThreadExecutor();
    try (Sampler sampler = Sampler.open(GoldenBundle.open(directory), options(1, 32))) {
      Roadblock.whileBusy(
          sampler,
          () -> {
            CandidateStream stream = sampler.stream(SampleRequest.of(new float[] {1}, 1, 0, 0));
            AtomicReference<Thread> reader = new AtomicReference<>();
            Future<Boolean> more =
                readers.submit(
                    () -> {
                      reader.set(Thread.currentThread());
                      return stream.hasNext();
                    });
            while (reader.get() == null || reader.get().getState() != Thread.State.WAITING) {
              assertThat(Thread.currentThread().isInterrupted()).isFalse(); // The time is up.
              Thread.onSpinWait();
            }
            stream.close();
            assertThat(more).succeedsWithin(Duration.ofHours(1)).isEqualTo(false);
          });
    } finally {
      readers.shutdown();
    }
  }

  /** What a consumer throws that cannot even be named in a message. */
  private static final class Unspeakable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no words");
    }
  }

  private static int drain(CandidateStream stream) {
    int rows = 0;
    while (stream.hasNext()) {
      rows += stream.next().rowCount();
    }
    return rows;
  }

  private static long[] counts(Bundle bundle, float beta, int objects) {
    long[] counts = new long[objects];
    int vocabulary = bundle.vocabulary().size();
    try (Sampler sampler = Sampler.open(bundle, options(2, 256));
        CandidateStream stream =
            sampler.stream(SampleRequest.of(new float[] {beta}, 200_000, 0, 20))) {
      while (stream.hasNext()) {
        Candidates candidates = stream.next();
        for (int i = 0; i < candidates.rowCount(); i++) {
          int object = 0;
          for (int position = 0; position < bundle.rowWidth(); position++) {
            object =
                object * vocabulary
                    + candidates.tokens().get(i * candidates.bytesPerRow() + position);
          }
          counts[object]++;
        }
      }
    }
    return counts;
  }

  private static SamplerOptions options(int workers, int tileRows) {
    return new SamplerOptions(workers, tileRows, 1_000_000, 1_000_000, ExecutionProvider.CPU);
  }
}
