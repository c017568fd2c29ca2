package io.logitflow.client;

import io.logitflow.v1.SampleSummary;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one query, candidate by candidate, in row order; a plain blocking iterator over a
 * {@link BlockStream}, which is the faster way to many candidates. For one thread at a time;
 * closing it early cancels the call.
 */
public final class CandidateStream implements Iterator<Candidate>, AutoCloseable {
  private final BlockStream blocks;
  private @Nullable CandidateBlock block;
  private int index;

  CandidateStream(BlockStream blocks) {
    this.blocks = blocks;
  }

  /** Returns the seed in use: the query's, or the one that the server drew. */
  public long seed() {
    return blocks.seed();
  }

  /** Returns whether the query's j-th inverse temperature lies outside the trained range. */
  public boolean extrapolated(int j) {
    return blocks.extrapolated(j);
  }

  /**
   * Returns how many rows were drawn for distinct objects and why no more; empty before the end,
   * and if distinct objects were not asked for.
   */
  public Optional<SampleSummary> summary() {
    return blocks.summary();
  }

  /**
   * Returns whether another candidate comes; waits for it.
   *
   * @throws io.logitflow.contract.LogitFlowException as {@link BlockStream#hasNext()}
   */
  @Override
  public boolean hasNext() {
    return current() != null;
  }

  /**
   * Returns the next candidate; waits for it.
   *
   * @throws io.logitflow.contract.LogitFlowException as {@link BlockStream#next()}
   */
  @Override
  public Candidate next() {
    CandidateBlock from = current();
    if (from == null) {
      throw new NoSuchElementException();
    }
    return from.candidate(index++);
  }

  /** Cancels what has not come yet; the stream then has no next candidate. */
  @Override
  public void close() {
    block = null;
    blocks.close();
  }

  private @Nullable CandidateBlock current() {
    CandidateBlock from = block;
    if (from == null || index == from.rowCount()) {
      from = blocks.hasNext() ? blocks.next() : null;
      block = from;
      index = 0;
    }
    return from;
  }
}
