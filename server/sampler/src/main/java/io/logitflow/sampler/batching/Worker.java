package io.logitflow.sampler.batching;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.CounterRandom;
import io.logitflow.sampler.sampling.Decoding;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.session.DecodingBuffers;
import io.logitflow.sampler.session.DecodingSession;
import io.logitflow.sampler.session.RolloutBuffers;
import io.logitflow.sampler.session.RolloutSession;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A thread's work: takes the rows that wait, up to a tile, runs them in its own buffers, hands them
 * back, again.
 */
final class Worker implements Runnable {
  private final Bundle bundle;
  private final AdmissionQueue queue;
  private final RolloutSession session;
  private final RolloutBuffers buffers;
  private final DecodingSession decodingSession;
  private final CounterRandom random = new CounterRandom();
  private @Nullable DecodingBuffers decodingBuffers;

  Worker(
      Bundle bundle,
      AdmissionQueue queue,
      RolloutSession session,
      RolloutBuffers buffers,
      DecodingSession decodingSession) {
    this.bundle = bundle;
    this.queue = queue;
    this.session = session;
    this.buffers = buffers;
    this.decodingSession = decodingSession;
  }

  /** Works until the queue is closed. */
  @Override
  public void run() {
    try (buffers) {
      for (Tile tile = queue.take(); tile != null; tile = queue.take()) {
        run(tile);
      }
    } finally {
      if (decodingBuffers != null) {
        decodingBuffers.close();
      }
    }
  }

  private void run(Tile tile) {
    Optional<Decoding> decoding = tile.decoding();
    try {
      gather(tile);
      if (decoding.isPresent()) {
        decode(decoding.get(), tile.rows());
      } else {
        session.run(buffers, tile.rows());
      }
    } catch (Throwable e) {
      // Whatever it was, an Error of a native library too: nobody may wait for these rows forever.
      if (tile.slices().size() == 1) {
        fail(tile.slices().get(0), "a run of the model failed", e);
      } else {
        // One request's rows may be at fault; the others' must not fail with them.
        tile.slices().forEach(slice -> run(new Tile(List.of(slice))));
      }
      return;
    }
    int offset = 0;
    for (Tile.Slice slice : tile.slices()) {
      scatter(slice, offset);
      offset += slice.rows();
    }
  }

  private void decode(Decoding decoding, int rows) {
    DecodingBuffers decoded = decodingBuffers;
    if (decoded == null) {
      decoded = decodingSession.newBuffers(buffers);
      decodingBuffers = decoded;
    }
    decoded.choose(decoding.isGreedy(), decoding.topP());
    decoding.writeAllowed(decoded.allowed());
    decodingSession.run(decoded, rows);
  }

  private void gather(Tile tile) {
    int steps = buffers.shape().steps();
    int offset = 0;
    for (Tile.Slice slice : tile.slices()) {
      SampleRequest request = slice.cursor().request();
      random.fill(
          request.seed(),
          request.firstRow() + slice.first(),
          slice.rows(),
          buffers.uniform(),
          offset * steps,
          steps);
      for (long index = slice.first(); index < slice.first() + slice.rows(); index++) {
        buffers.beta().put(offset, request.betaOfRow(index));
        offset++;
      }
    }
  }

  private void scatter(Tile.Slice slice, int offset) {
    long firstRow = slice.cursor().request().firstRow() + slice.first();
    try {
      DecodingBuffers decoded =
          slice.cursor().request().decoding().isPresent() ? decodingBuffers : null;
      queue.complete(
          slice,
          decoded == null
              ? Candidates.copyOf(bundle, buffers, offset, slice.rows(), firstRow)
              : Candidates.copyOf(bundle, decoded, offset, slice.rows(), firstRow));
    } catch (Throwable e) {
      // Out of memory for the copy, say: the tile's other requests and the next tiles go on.
      fail(slice, "the candidates cannot be handed over", e);
    }
  }

  private void fail(Tile.Slice slice, String what, Throwable e) {
    LogitFlowException failure =
        e instanceof LogitFlowException foreseen
            ? foreseen
            : new LogitFlowException(Category.FAILED, what + ": " + e, e);
    queue.fail(slice.cursor(), failure);
  }
}
