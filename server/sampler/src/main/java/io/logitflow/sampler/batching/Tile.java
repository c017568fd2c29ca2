package io.logitflow.sampler.batching;

import io.logitflow.sampler.sampling.Decoding;
import java.util.List;
import java.util.Optional;

/**
 * The rows of one run, gathered from one request or many; of one alone if it has a say in the
 * actions, since all rows of a run share it.
 *
 * @param slices at least one, each of another request
 */
record Tile(List<Slice> slices) {
  Tile {
    slices = List.copyOf(slices);
  }

  /** Returns the say in the actions of all rows; empty if the policy alone decides. */
  Optional<Decoding> decoding() {
    return slices.get(0).cursor().request().decoding();
  }

  /** Returns the number of rows. */
  int rows() {
    return slices.stream().mapToInt(Slice::rows).sum();
  }

  /**
   * Consecutive rows of one request.
   *
   * @param cursor the request's
   * @param first index of the first row within the request
   * @param rows how many, at least 1
   */
  record Slice(RequestCursor cursor, long first, int rows) {}
}
