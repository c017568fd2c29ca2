package io.logitflow.sampler.batching;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a request has come: 0 &lt;= consumed &lt;= delivered &lt;= handed out &lt;= rows, where
 * handed out minus consumed never exceeds the window. Rows are numbered from 0 here. Not
 * thread-safe: {@link AdmissionQueue} touches it under its one lock.
 */
final class RequestCursor {
  private final SampleRequest request;
  private final CandidateConsumer consumer;
  private final int window;

  // Slices that ran, by first row; those behind a slower worker's wait here for their turn.
  private final Map<Long, Candidates> completed = new HashMap<>();
  private long handedOut;
  private long delivered;
  private long consumed;
  private boolean delivering;
  private boolean ended;
  private boolean released;
  private @Nullable LogitFlowException failure;

  RequestCursor(SampleRequest request, CandidateConsumer consumer, int window) {
    this.request = request;
    this.consumer = consumer;
    this.window = window;
  }

  SampleRequest request() {
    return request;
  }

  CandidateConsumer consumer() {
    return consumer;
  }

  /** Returns how many rows may be handed out now. */
  int available() {
    return ended ? 0 : (int) Math.min(request.rows() - handedOut, window - (handedOut - consumed));
  }

  /** Hands out the next rows, at most those available. */
  Tile.Slice handOut(int rows) {
    Tile.Slice slice = new Tile.Slice(this, handedOut, rows);
    handedOut += rows;
    return slice;
  }

  /** Keeps rows that ran until it is their turn; those of a request that has ended are dropped. */
  void complete(Tile.Slice slice, Candidates candidates) {
    if (!ended) {
      completed.put(slice.first(), candidates);
    }
  }

  /** Returns whether the caller is to deliver, because no one does; it must, if so. */
  boolean startDelivering() {
    boolean started = !delivering;
    delivering = true;
    return started;
  }

  /** Ends the caller's turn of delivering, before nothing was left to deliver. */
  void stopDelivering() {
    delivering = false;
  }

  /** Returns what the consumer gets next; nothing ends the caller's turn of delivering. */
  @Nullable Delivery nextDelivery() {
    if (failure != null) {
      // Made first: without memory for it, the end is still to be delivered.
      Delivery delivery = new Delivery.Failure(failure);
      failure = null;
      return delivery;
    }
    if (ended) {
      delivering = false;
      return null;
    }
    if (delivered == request.rows()) {
      Delivery delivery = new Delivery.Complete();
      ended = true;
      return delivery;
    }
    Candidates next = completed.remove(delivered);
    if (next == null) {
      delivering = false;
      return null;
    }
    delivered += next.rowCount();
    return new Delivery.Rows(next);
  }

  /** Takes note of consumed rows; returns how many cease to be outstanding. */
  int consume(int rows) {
    if (released) {
      return 0;
    }
    if (rows < 0 || rows > delivered - consumed) {
      throw new IllegalArgumentException(
          rows + " rows consumed, but only " + (delivered - consumed) + " were to consume");
    }
    consumed += rows;
    return rows;
  }

  /** Ends the request without a word; returns how many rows cease to be outstanding. */
  long cancel() {
    ended = true;
    failure = null;
    completed.clear();
    if (released) {
      return 0;
    }
    released = true;
    return request.rows() - consumed;
  }

  /** Ends the request with a failure to deliver; returns how many rows cease to be outstanding. */
  long fail(LogitFlowException reason) {
    if (ended) {
      return 0;
    }
    long released = cancel();
    failure = reason;
    return released;
  }

  /** What a consumer gets in one call. */
  sealed interface Delivery {
    /**
     * Rows.
     *
     * @param candidates the next ones
     */
    record Rows(Candidates candidates) implements Delivery {}

    /** The end, all rows delivered. */
    record Complete() implements Delivery {}

    /**
     * The end, before all rows were delivered.
     *
     * @param reason why
     */
    record Failure(LogitFlowException reason) implements Delivery {}
  }
}
