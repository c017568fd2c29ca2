package io.logitflow.sampler.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A request's candidates as a blocking iterator, in row order, for one thread; any may close it.
 * The request pauses when the reader does; closed early, it drops the rows that have not run.
 */
public final class CandidateStream implements Iterator<Candidates>, AutoCloseable {
  private final Arrivals arrivals = new Arrivals();
  private final Subscription subscription;

  CandidateStream(Sampler sampler, SampleRequest request) {
    subscription = sampler.submit(request, arrivals);
  }

  /**
   * Returns whether there are more rows, waiting for them.
   *
   * @throws LogitFlowException if the request failed, or the thread was interrupted
   */
  @Override
  public boolean hasNext() {
    return arrivals.awaitNext();
  }

  /**
   * Returns the next rows, waiting for them.
   *
   * @throws LogitFlowException if the request failed, or the thread was interrupted
   * @throws NoSuchElementException after the last
   */
  @Override
  public Candidates next() {
    Candidates next = arrivals.takeNext();
    if (next == null) {
      throw new NoSuchElementException("all rows were read");
    }
    subscription.consumed(next.rowCount());
    return next;
  }

  /** Drops the rows that were not read; there are no more, for a thread that waits for them too. */
  @Override
  public void close() {
    subscription.cancel();
    arrivals.end();
  }

  /** What came and was not read; the window of the queue bounds it. */
  private static final class Arrivals implements CandidateConsumer {
    @GuardedBy("this")
    private final Queue<Candidates> unread = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean complete;

    @GuardedBy("this")
    private @Nullable LogitFlowException failure;

    @Override
    public synchronized void onCandidates(Candidates candidates, Subscription ignored) {
      // A worker may be on its way here with rows while the reader closes.
      if (!complete) {
        unread.add(candidates);
        notifyAll();
      }
    }

    @Override
    public synchronized void onComplete() {
      complete = true;
      notifyAll();
    }

    @Override
    public synchronized void onFailure(LogitFlowException reason) {
      if (!complete) {
        failure = reason;
        notifyAll();
      }
    }

    synchronized void end() {
      complete = true;
      failure = null;
      unread.clear();
      notifyAll();
    }

    synchronized boolean awaitNext() {
      while (unread.isEmpty() && !complete && failure == null) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new LogitFlowException(
              Category.UNAVAILABLE, "interrupted while waiting for candidates", e);
        }
      }
      if (unread.isEmpty() && failure != null) {
        throw failure;
      }
      return !unread.isEmpty();
    }

    synchronized @Nullable Candidates takeNext() {
      return awaitNext() ? unread.remove() : null;
    }
  }
}
