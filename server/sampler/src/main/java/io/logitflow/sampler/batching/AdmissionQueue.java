package io.logitflow.sampler.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The rows of all requests that wait to run, and the way back to their consumers. A request's rows
 * come lazily out of its cursor, so a million of them take no more room than one. Thread-safe.
 *
 * <p>Every state, the cursors' included, changes under one lock; consumers are called outside it.
 */
final class AdmissionQueue {
  // Shares below it would cut a large request into messages that cost more than their rows.
  private static final int SMALLEST_SHARE = 16;
  private static final int TILES_IN_FLIGHT = 2;

  private final SamplerOptions options;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition rowsAvailable = lock.newCondition();
  private final Condition idle = lock.newCondition();

  /** Requests with rows that may be handed out now, in the order of their turns. */
  @GuardedBy("lock")
  private final Deque<RequestCursor> runnable = new ArrayDeque<>();

  /** Requests whose consumers have not heard of their end. */
  @GuardedBy("lock")
  private final Set<RequestCursor> active = new HashSet<>();

  @GuardedBy("lock")
  private long outstanding;

  @GuardedBy("lock")
  private boolean admitting = true;

  @GuardedBy("lock")
  private boolean closed;

  AdmissionQueue(SamplerOptions options) {
    this.options = options;
  }

  /**
   * Admits a request, all of its rows or none.
   *
   * @throws InvalidInputException if it has more rows than a request may
   * @throws LogitFlowException {@code OVERLOADED} if its rows do not fit beside those outstanding,
   *     {@code UNAVAILABLE} if the queue is closing
   */
  Subscription admit(SampleRequest request, CandidateConsumer consumer) {
    options.requireFits(request);
    long rows = request.rows();
    RequestCursor cursor =
        new RequestCursor(request, consumer, TILES_IN_FLIGHT * options.tileRows());
    lock.lock();
    try {
      if (!admitting) {
        throw closing();
      }
      if (rows > options.maximumOutstandingRows() - outstanding) {
        throw new LogitFlowException(
            Category.OVERLOADED,
            "the queue is full: "
                + outstanding
                + " rows outstanding, "
                + rows
                + " more asked for, at most "
                + options.maximumOutstandingRows()
                + "; try again later");
      }
      outstanding += rows;
      active.add(cursor);
      makeRunnable(cursor);
    } finally {
      lock.unlock();
    }
    return new Handle(cursor);
  }

  /**
   * Waits for rows and takes up to a tile of them: each request in turn gets an equal share, and
   * what is left goes to those that have more, so no tile runs half empty while rows wait. A
   * request with a say in the actions gets a tile of its own when it is its turn.
   *
   * @return the tile, or null once the queue is closed
   */
  @Nullable Tile take() {
    lock.lock();
    try {
      while (runnable.isEmpty() && !closed) {
        // Only a consumer could have interrupted a worker, and must not stop it for the others.
        rowsAvailable.awaitUninterruptibly();
      }
      if (closed) {
        return null;
      }
      Tile tile = allot();
      if (!runnable.isEmpty()) {
        rowsAvailable.signal();
      }
      return tile;
    } finally {
      lock.unlock();
    }
  }

  /** Hands over rows that ran; they reach their consumer in row order, perhaps on this thread. */
  void complete(Tile.Slice slice, Candidates candidates) {
    RequestCursor cursor = slice.cursor();
    boolean delivering;
    lock.lock();
    try {
      cursor.complete(slice, candidates);
      delivering = cursor.startDelivering();
    } finally {
      lock.unlock();
    }
    if (delivering) {
      deliver(cursor);
    }
  }

  /** Fails a request, unless it has ended. */
  void fail(RequestCursor cursor, LogitFlowException failure) {
    boolean delivering;
    lock.lock();
    try {
      release(cursor, cursor.fail(failure));
      delivering = cursor.startDelivering();
    } finally {
      lock.unlock();
    }
    if (delivering) {
      deliver(cursor);
    }
  }

  /** Returns the rows that were admitted and are neither consumed nor dropped. */
  long outstanding() {
    lock.lock();
    try {
      return outstanding;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Closes the queue: admits nothing more, waits until the requests that it has are delivered, and
   * fails those that are not within the grace period.
   *
   * @param grace how long to wait; zero to fail them at once
   */
  void close(Duration grace) {
    List<RequestCursor> unfinished;
    lock.lock();
    try {
      admitting = false;
      awaitIdle(grace);
      closed = true;
      rowsAvailable.signalAll();
      unfinished = List.copyOf(active);
    } finally {
      lock.unlock();
    }
    for (RequestCursor cursor : unfinished) {
      fail(cursor, closing());
    }
  }

  @GuardedBy("lock")
  private void awaitIdle(Duration grace) {
    long left = grace.toNanos();
    boolean interrupted = false;
    while (!active.isEmpty() && left > 0 && !interrupted) {
      try {
        left = idle.awaitNanos(left);
      } catch (InterruptedException e) {
        // Who interrupts a close wants it done with.
        Thread.currentThread().interrupt();
        interrupted = true;
      }
    }
  }

  @GuardedBy("lock")
  private Tile allot() {
    int free = options.tileRows();
    int share = Math.max(SMALLEST_SHARE, free / runnable.size());
    List<RequestCursor> served = new ArrayList<>();
    List<Integer> allotted = new ArrayList<>();
    Iterator<RequestCursor> turns = runnable.iterator();
    while (free > 0 && turns.hasNext()) {
      RequestCursor cursor = turns.next();
      if (!served.isEmpty() && (servedAlone(served.get(0)) || servedAlone(cursor))) {
        continue;
      }
      turns.remove();
      int rows = Math.min(Math.min(share, free), cursor.available());
      served.add(cursor);
      allotted.add(rows);
      free -= rows;
    }
    List<Tile.Slice> slices = new ArrayList<>(served.size());
    for (int i = 0; i < served.size(); i++) {
      RequestCursor cursor = served.get(i);
      int more = Math.min(free, cursor.available() - allotted.get(i));
      free -= more;
      slices.add(cursor.handOut(allotted.get(i) + more));
      if (cursor.available() > 0) {
        runnable.addLast(cursor);
      }
    }
    return new Tile(slices);
  }

  private static boolean servedAlone(RequestCursor cursor) {
    return cursor.request().decoding().isPresent();
  }

  @GuardedBy("lock")
  private void makeRunnable(RequestCursor cursor) {
    runnable.addLast(cursor);
    rowsAvailable.signal();
  }

  @GuardedBy("lock")
  private void release(RequestCursor cursor, long rows) {
    outstanding -= rows;
    runnable.remove(cursor);
  }

  @GuardedBy("lock")
  private void end(RequestCursor cursor) {
    active.remove(cursor);
    if (active.isEmpty()) {
      idle.signalAll();
    }
  }

  private void deliver(RequestCursor cursor) {
    boolean delivered = false;
    try {
      RequestCursor.Delivery delivery = nextDelivery(cursor);
      while (delivery != null) {
        deliver(cursor, delivery);
        delivery = nextDelivery(cursor);
      }
      delivered = true;
    } finally {
      if (!delivered) {
        // Whoever fails the request now must find that no one delivers.
        stopDelivering(cursor);
      }
    }
  }

  private void deliver(RequestCursor cursor, RequestCursor.Delivery delivery) {
    boolean last = !(delivery instanceof RequestCursor.Delivery.Rows);
    try {
      call(cursor, delivery);
    } catch (Throwable e) {
      // A consumer's fault, even an Error, is its request's alone: the worker has others to serve.
      consumerFailed(cursor, last, e);
    } finally {
      if (last) {
        endLocked(cursor);
      }
    }
  }

  private void stopDelivering(RequestCursor cursor) {
    lock.lock();
    try {
      cursor.stopDelivering();
    } finally {
      lock.unlock();
    }
  }

  private void consumerFailed(RequestCursor cursor, boolean last, Throwable thrown) {
    if (last) {
      // There is no one left to tell but whoever set up the process.
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    } else {
      fail(
          cursor,
          new LogitFlowException(
              Category.FAILED, "the candidates' consumer failed: " + thrown, thrown));
    }
  }

  private void endLocked(RequestCursor cursor) {
    lock.lock();
    try {
      end(cursor);
    } finally {
      lock.unlock();
    }
  }

  private RequestCursor.@Nullable Delivery nextDelivery(RequestCursor cursor) {
    lock.lock();
    try {
      return cursor.nextDelivery();
    } finally {
      lock.unlock();
    }
  }

  private void call(RequestCursor cursor, RequestCursor.Delivery delivery) {
    CandidateConsumer consumer = cursor.consumer();
    if (delivery instanceof RequestCursor.Delivery.Rows rows) {
      consumer.onCandidates(rows.candidates(), new Handle(cursor));
    } else if (delivery instanceof RequestCursor.Delivery.Failure failure) {
      consumer.onFailure(failure.reason());
    } else {
      consumer.onComplete();
    }
  }

  private static LogitFlowException closing() {
    return new LogitFlowException(Category.UNAVAILABLE, "the sampler is closing");
  }

  /** A consumer's hold on one request. */
  private final class Handle implements Subscription {
    private final RequestCursor cursor;

    Handle(RequestCursor cursor) {
      this.cursor = cursor;
    }

    @Override
    public void consumed(int rows) {
      lock.lock();
      try {
        boolean paused = cursor.available() == 0;
        outstanding -= cursor.consume(rows);
        if (paused && cursor.available() > 0) {
          makeRunnable(cursor);
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void cancel() {
      lock.lock();
      try {
        release(cursor, cursor.cancel());
        end(cursor);
      } finally {
        lock.unlock();
      }
    }
  }
}
