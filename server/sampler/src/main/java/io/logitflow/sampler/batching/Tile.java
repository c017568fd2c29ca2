package io.logitflow.sampler.batching;

import java.util.List;

/**
 * The rows of one run, gathered from one request or many.
 *
 * @param slices at least one, each of another request
 */
record Tile(List<Slice> slices) {
  Tile {
    slices = List.copyOf(slices);
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
