package io.logitflow.sampler.batching;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.CounterRandom;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.session.RolloutBuffers;
import io.logitflow.sampler.session.RolloutSession;

/**
 * A thread's work: takes the rows that wait, up to a tile, runs them in its own buffers, hands them
 * back, again.
 */
final class Worker implements Runnable {
  private final AdmissionQueue queue;
  private final RolloutSession session;
  private final RolloutBuffers buffers;
  private final CounterRandom random = new CounterRandom();

  Worker(AdmissionQueue queue, RolloutSession session, RolloutBuffers buffers) {
    this.queue = queue;
    this.session = session;
    this.buffers = buffers;
  }

  /** Works until the queue is closed. */
  @Override
  public void run() {
    try (buffers) {
      for (Tile tile = queue.take(); tile != null; tile = queue.take()) {
        run(tile);
      }
    }
  }

  private void run(Tile tile) {
    try {
      gather(tile);
      session.run(buffers, tile.rows());
    } catch (Throwable e) {
      // Whatever it was, an Error of a native library too: nobody may wait for these rows forever.
      LogitFlowException failure = asFailure(e);
      tile.slices().forEach(slice -> queue.fail(slice.cursor(), failure));
      return;
    }
    int offset = 0;
    for (Tile.Slice slice : tile.slices()) {
      scatter(slice, offset);
      offset += slice.rows();
    }
  }

  private void gather(Tile tile) {
    int steps = buffers.shape().steps();
    int offset = 0;
    for (Tile.Slice slice : tile.slices()) {
      SampleRequest request = slice.cursor().request();
      for (long index = slice.first(); index < slice.first() + slice.rows(); index++) {
        buffers.beta().put(offset, request.betaOfRow(index));
        random.fill(
            request.seed(), request.firstRow() + index, buffers.uniform(), offset * steps, steps);
        offset++;
      }
    }
  }

  private void scatter(Tile.Slice slice, int offset) {
    long firstRow = slice.cursor().request().firstRow() + slice.first();
    Candidates candidates;
    try {
      candidates = Candidates.copyOf(buffers, offset, slice.rows(), firstRow);
    } catch (LogitFlowException e) {
      queue.fail(slice.cursor(), e);
      return;
    }
    queue.complete(slice, candidates);
  }

  private static LogitFlowException asFailure(Throwable e) {
    return e instanceof LogitFlowException failure
        ? failure
        : new LogitFlowException(Category.FAILED, "a run of the rollout graph failed: " + e, e);
  }
}
