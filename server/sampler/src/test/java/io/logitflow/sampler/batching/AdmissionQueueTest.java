package io.logitflow.sampler.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.sampler.session.RolloutBuffers;
import io.logitflow.sampler.session.RolloutSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queue without workers: the test takes the tiles, so every order is the test's choice. */
final class AdmissionQueueTest {
  private static final int TILE = 256;
  private static final long MILLION = 1_000_000;

  private final AdmissionQueue queue = new AdmissionQueue(options(2 * MILLION));
  private final Bundle bundle;
  private final RolloutSession session;
  private final RolloutBuffers buffers;

  AdmissionQueueTest(@TempDir Path directory) {
    bundle = GoldenBundle.open(directory);
    session = RolloutSession.open(bundle, ExecutionProvider.CPU);
    buffers = session.newBuffers(TILE);
    for (int row = 0; row < TILE; row++) {
      buffers.beta().put(row, 1);
    }
    session.run(buffers, TILE);
  }

  @AfterEach
  void close() {
    buffers.close();
    session.close();
  }

  @Test
  void putsAOneRowRequestIntoTheNextTileBesideAMillionRows() {
    queue.admit(rows(MILLION), Recorder.slow());
    queue.admit(rows(1), Recorder.slow());

    assertThat(sizes(take())).containsExactly(255, 1);
  }

  @Test
  void sharesATileEquallyAndFillsItWithWhatIsLeft() {
    queue.admit(rows(MILLION), Recorder.slow());
    queue.admit(rows(10), Recorder.slow());
    queue.admit(rows(MILLION / 2), Recorder.slow());

    // Shares of 85, 10 and 85; the 76 that are left go to the first that has more.
    assertThat(sizes(take())).containsExactly(161, 10, 85);
  }

  @Test
  void servesRequestsInTurn() {
    List<Recorder> recorders = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      recorders.add(Recorder.slow());
      queue.admit(rows(MILLION / 100), recorders.get(i));
    }
    Recorder last = Recorder.slow();
    queue.admit(rows(1), last);

    // 16 requests of 16 rows a tile: the 101st has its turn in the seventh.
    for (int tile = 1; tile <= 6; tile++) {
      Tile taken = take();
      assertThat(taken.rows()).isEqualTo(TILE);
      assertThat(consumers(taken)).doesNotContain(last);
    }
    assertThat(consumers(take())).contains(last);
  }

  @Test
  void holdsAtMostTwoTilesOfARequestUntilTheyAreConsumed() {
    Recorder recorder = Recorder.slow();
    Subscription subscription = queue.admit(rows(MILLION), recorder);
    complete(take());
    complete(take());
    queue.admit(rows(1), Recorder.slow());

    assertThat(recorder.rows()).isEqualTo(2 * TILE);
    assertThat(sizes(take())).containsExactly(1);

    subscription.consumed(100);
    assertThat(sizes(take())).containsExactly(100);
  }

  @Test
  void deliversInRowOrderWhateverRunsFirst() {
    Recorder recorder = Recorder.greedy();
    queue.admit(rows(2 * TILE), recorder);
    Tile first = take();
    Tile second = take();

    complete(second);
    assertThat(recorder.rows()).isZero();
    complete(first);

    assertThat(recorder.firstRows()).containsExactly(0L, 256L);
    assertThat(recorder.ends()).isEqualTo(1);
    assertThat(recorder.failure()).isNull();
    assertThat(queue.outstanding()).isZero();
  }

  @Test
  void refusesWhatDoesNotFitAndQueuesNothingOfIt() {
    Subscription first = queue.admit(rows(MILLION), Recorder.slow());
    queue.admit(rows(MILLION - 1), Recorder.slow());

    assertThatThrownBy(() -> queue.admit(rows(2), Recorder.slow()))
        .isInstanceOfSatisfying(
            LogitFlowException.class, e -> assertThat(e.category()).isEqualTo(Category.OVERLOADED))
        .hasMessage(
            "the queue is full: 1999999 rows outstanding, 2 more asked for, at most 2000000;"
                + " try again later");
    assertThat(queue.outstanding()).isEqualTo(2 * MILLION - 1);

    first.cancel();
    queue.admit(rows(2), Recorder.slow());
    assertThat(queue.outstanding()).isEqualTo(MILLION + 1);
  }

  @Test
  void refusesARequestThatIsTooLarge() {
    assertThatThrownBy(() -> queue.admit(rows(MILLION + 1), Recorder.slow()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("count: found 1000001, expected 1 to 1000000");
    SampleRequest twoBetas = SampleRequest.of(new float[] {1, 2}, MILLION, 0, 0);
    assertThatThrownBy(() -> queue.admit(twoBetas, Recorder.slow()))
        .hasMessage("count: found 1000000, expected 1 to 500000 for 2 betas");
  }

  @Test
  void writesNumbersAlikeInEveryLocale() {
    Locale usual = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      refusesWhatDoesNotFitAndQueuesNothingOfIt();
      refusesARequestThatIsTooLarge();
    } finally {
      Locale.setDefault(usual);
    }
  }

  @Test
  void neverAdmitsMoreThanItsBoundFromManyThreads() throws Exception {
    AdmissionQueue small = new AdmissionQueue(options(MILLION));
    int threads = 16;
    CyclicBarrier together = new CyclicBarrier(threads);
    Callable<Integer> admitThree =
        () -> {
          together.await();
          int admitted = 0;
          for (int i = 0; i < 3; i++) {
            try {
              small.admit(rows(MILLION / 30), Recorder.slow());
              admitted++;
            } catch (LogitFlowException e) {
              assertThat(e.category()).isEqualTo(Category.OVERLOADED);
            }
          }
          return admitted;
        };
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    int admitted = 0;
    try {
      List<Future<Integer>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        futures.add(pool.submit(admitThree));
      }
      for (Future<Integer> future : futures) {
        admitted += future.get();
      }
    } finally {
      pool.shutdown();
    }
    assertThat(admitted).isEqualTo(30);
  }

  @Test
  void dropsTheRowsOfACancelledRequest() {
    Recorder recorder = Recorder.slow();
    Subscription subscription = queue.admit(rows(MILLION), recorder);
    Tile running = take();

    subscription.cancel();
    complete(running);
    subscription.consumed(1);
    subscription.cancel();

    assertThat(queue.outstanding()).isZero();
    assertThat(recorder.rows()).isZero();
    assertThat(recorder.ends()).isZero();
    queue.admit(rows(1), Recorder.slow());
    assertThat(sizes(take())).containsExactly(1);
  }

  @Test
  void countsRowsAsOutstandingUntilTheyAreConsumed() {
    Recorder recorder = Recorder.slow();
    Subscription subscription = queue.admit(rows(100), recorder);
    complete(take());
    assertThat(recorder.ends()).isEqualTo(1);

    assertThat(queue.outstanding()).isEqualTo(100);
    subscription.consumed(60);
    assertThat(queue.outstanding()).isEqualTo(40);
    assertThatThrownBy(() -> subscription.consumed(41))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("41 rows consumed, but only 40 were to consume");
    subscription.cancel();
    assertThat(queue.outstanding()).isZero();
  }

  @Test
  void failsARequestOnceAndFreesItsRows() {
    Recorder recorder = Recorder.slow();
    queue.admit(rows(MILLION), recorder);
    Tile first = take();
    Tile second = take();
    LogitFlowException failure = new LogitFlowException(Category.FAILED, "broken");

    queue.fail(first.slices().get(0).cursor(), failure);
    queue.fail(second.slices().get(0).cursor(), failure);
    complete(second);

    assertThat(recorder.failure()).isSameAs(failure);
    assertThat(recorder.ends()).isEqualTo(1);
    assertThat(recorder.rows()).isZero();
    assertThat(queue.outstanding()).isZero();
  }

  @Test
  void failsARequestWhoseConsumerThrows() {
    Recorder recorder = Recorder.throwing(new IllegalStateException("no room"));
    queue.admit(rows(TILE), recorder);
    complete(take());

    assertThat(recorder.failure())
        .hasMessage("the candidates' consumer failed: java.lang.IllegalStateException: no room");
    assertThat(queue.outstanding()).isZero();
  }

  @Test
  void failsWhatIsLeftWhenItCloses() {
    Recorder waiting = Recorder.slow();
    queue.admit(rows(TILE), waiting);

    queue.close(Duration.ZERO);

    assertThat(waiting.failure())
        .isInstanceOfSatisfying(
            LogitFlowException.class, e -> assertThat(e.category()).isEqualTo(Category.UNAVAILABLE))
        .hasMessage("the sampler is closing");
    assertThatThrownBy(() -> queue.admit(rows(1), Recorder.slow()))
        .hasMessage("the sampler is closing");
    assertThat(queue.take()).isNull();
    assertThat(queue.outstanding()).isZero();
  }

  private static SamplerOptions options(long maximumOutstandingRows) {
    return new SamplerOptions(1, TILE, maximumOutstandingRows, MILLION, ExecutionProvider.CPU);
  }

  private static SampleRequest rows(long count) {
    return SampleRequest.of(new float[] {1}, count, 0, 0);
  }

  private Tile take() {
    return Objects.requireNonNull(queue.take());
  }

  private void complete(Tile tile) {
    for (Tile.Slice slice : tile.slices()) {
      queue.complete(slice, Candidates.copyOf(bundle, buffers, 0, slice.rows(), slice.first()));
    }
  }

  private static List<Integer> sizes(Tile tile) {
    return tile.slices().stream().map(Tile.Slice::rows).toList();
  }

  private static List<CandidateConsumer> consumers(Tile tile) {
    return tile.slices().stream().map(slice -> slice.cursor().consumer()).toList();
  }
}
