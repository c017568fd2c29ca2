package io.logitflow.sampler.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.sampler.sampling.Candidates;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A consumer that keeps what it gets or throws, and says that rows are consumed only if it is
 * greedy.
 */
final class Recorder implements CandidateConsumer {
  private final boolean greedy;
  private final CountDownLatch ended = new CountDownLatch(1);

  @GuardedBy("this")
  private final List<Candidates> chunks = new ArrayList<>();

  @GuardedBy("this")
  private int ends;

  @GuardedBy("this")
  private @Nullable LogitFlowException failure;

  private final @Nullable RuntimeException fault;

  private Recorder(boolean greedy, @Nullable RuntimeException fault) {
    this.greedy = greedy;
    this.fault = fault;
  }

  /** Returns a consumer that is done with rows as soon as they come. */
  static Recorder greedy() {
    return new Recorder(true, null);
  }

  /** Returns a consumer that is never done with a row by itself. */
  static Recorder slow() {
    return new Recorder(false, null);
  }

  /** Returns a consumer that throws when rows come. */
  static Recorder throwing(RuntimeException fault) {
    return new Recorder(false, fault);
  }

  @Override
  public synchronized void onCandidates(Candidates candidates, Subscription subscription) {
    if (fault != null) {
      throw fault;
    }
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
