package io.logitflow.sampler.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.sampler.sampling.Candidates;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A consumer that keeps what it gets, and says that rows are consumed only if it is greedy. */
final class Recorder implements CandidateConsumer {
  private final boolean greedy;
  private final CountDownLatch ended = new CountDownLatch(1);

  @GuardedBy("this")
  private final List<Candidates> chunks = new ArrayList<>();

  @GuardedBy("this")
  private int ends;

  @GuardedBy("this")
  private @Nullable LogitFlowException failure;

  private Recorder(boolean greedy) {
    this.greedy = greedy;
  }

  /** Returns a consumer that is done with rows as soon as they come. */
  static Recorder greedy() {
    return new Recorder(true);
  }

  /** Returns a consumer that is never done with a row by itself. */
  static Recorder slow() {
    return new Recorder(false);
  }

  @Override
  public synchronized void onCandidates(Candidates candidates, Subscription subscription) {
    chunks.add(candidates);
    if (greedy) {
      subscription.consumed(candidates.rowCount());
    }
  }

  @Override
  public synchronized void onComplete() {
    ends++;
    ended.countDown();
  }

  @Override
  public synchronized void onFailure(LogitFlowException reason) {
    failure = reason;
    ends++;
    ended.countDown();
  }

  /** Waits for the end; the build's own limit is the only one on the wait. */
  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  synchronized int rows() {
    return chunks.stream().mapToInt(Candidates::rowCount).sum();
  }

  synchronized List<Long> firstRows() {
    return chunks.stream().map(Candidates::firstRow).toList();
  }

  synchronized int ends() {
    return ends;
  }

  synchronized @Nullable LogitFlowException failure() {
    return failure;
  }
}
