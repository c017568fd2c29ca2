package io.logitflow.client;

import io.grpc.Context.CancellableContext;
import io.grpc.StatusRuntimeException;
import io.logitflow.v1.SampleHeader;
import io.logitflow.v1.SampleResponse;
import io.logitflow.v1.SampleSummary;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one query, block by block, in row order. The server sends at the pace at which
 * blocks are taken. For one thread at a time; closing it early cancels the call.
 */
public final class BlockStream implements Iterator<CandidateBlock>, AutoCloseable {
  private final String target;
  private final SampleQuery query;
  private final TokenNames vocabulary;
  private final CancellableContext context;
  private final Iterator<SampleResponse> responses;
  private final ChunkCheck check;
  private final SampleHeader header;
  private boolean ended;
  private @Nullable SampleResponse ahead;
  private @Nullable SampleSummary summary;

  /** Reads the header, so that a refused query fails here. */
  BlockStream(
      String target,
      SampleQuery query,
      TokenNames vocabulary,
      CancellableContext context,
      Iterator<SampleResponse> responses) {
    this.target = target;
    this.query = query;
    this.vocabulary = vocabulary;
    this.context = context;
    this.responses = responses;
    this.check = new ChunkCheck(target, query, vocabulary);
    if (!hasNextResponse()) {
      throw check.violation("first message", "the end", "the header");
    }
    SampleResponse first = responses.next();
    if (!first.hasHeader()) {
      throw check.violation("first message", first.getMessageCase(), "the header");
    }
    this.header = first.getHeader();
    check.header(header);
  }

  /** Returns the seed in use: the query's, or the one that the server drew. */
  public long seed() {
    return header.getSeed();
  }

  /** Returns whether the query's j-th inverse temperature lies outside the trained range. */
  public boolean extrapolated(int j) {
    return header.getExtrapolated(j);
  }

  /**
   * Returns whether another block comes; waits for it.
   *
   * @throws io.logitflow.contract.LogitFlowException if the call failed, or the answer ends short
   */
  @Override
  public boolean hasNext() {
    if (ended) {
      return false;
    }
    while (ahead == null && hasNextResponse()) {
      SampleResponse response = responses.next();
      if (summary != null) {
        throw check.violation("message", response.getMessageCase(), "the end");
      }
      if (response.hasSummary()) {
        check.summary(response.getSummary());
        summary = response.getSummary();
      } else {
        ahead = response;
      }
    }
    if (ahead != null) {
      return true;
    }
    ended = true;
    check.end();
    return false;
  }

  /**
   * Returns how many rows were drawn for distinct objects and why no more; empty before the end,
   * and if distinct objects were not asked for.
   */
  public Optional<SampleSummary> summary() {
    return Optional.ofNullable(summary);
  }

  /**
   * Returns the next block; waits for it.
   *
   * @throws io.logitflow.contract.LogitFlowException if the call failed, or the answer breaks the
   *     protocol
   */
  @Override
  public CandidateBlock next() {
    SampleResponse response = hasNext() ? ahead : null;
    if (response == null) {
      throw new NoSuchElementException();
    }
    ahead = null;
    if (!response.hasChunk()) {
      throw check.violation("message", response.getMessageCase(), "a chunk");
    }
    check.chunk(response.getChunk());
    return new CandidateBlock(response.getChunk(), query, vocabulary);
  }

  /** Cancels what has not come yet; the stream then has no next block. */
  @Override
  public void close() {
    ended = true;
    context.cancel(null);
  }

  private boolean hasNextResponse() {
    try {
      return responses.hasNext();
    } catch (StatusRuntimeException e) {
      throw CallFailure.of(target, e);
    }
  }
}
