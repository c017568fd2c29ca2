package io.logitflow.sampler.batching;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.sampler.session.RolloutBuffers;
import java.util.ArrayList;
import java.util.List;

/**
 * How a sampler runs, and what it takes on. Only speed and bounds depend on it, never a candidate;
 * but another provider may give other last bits.
 *
 * @param workers threads that run the graph side by side, 1 to 1,024
 * @param tileRows the most rows of a run, 1 to 65,536; rounded up to a multiple of four
 * @param maximumOutstandingRows rows of all requests together that were admitted and are not yet
 *     consumed; at least {@code maximumRowsPerRequest}
 * @param maximumRowsPerRequest rows of one request, at least 1
 * @param provider where the graph runs
 */
public record SamplerOptions(
    int workers,
    int tileRows,
    long maximumOutstandingRows,
    long maximumRowsPerRequest,
    ExecutionProvider provider) {
  private static final int MOST_WORKERS = 1_024;
  private static final int LARGEST_TILE = 65_536;
  private static final long DEFAULT_OUTSTANDING = 10_000_000;
  private static final long DEFAULT_PER_REQUEST = 1_000_000;

  /**
   * Validates the options.
   *
   * @throws InvalidInputException if a value is out of its range; the message has a line for each
   */
  public SamplerOptions {
    List<Problem> problems = new ArrayList<>();
    if (workers < 1 || workers > MOST_WORKERS) {
      problems.add(new Problem("workers", String.valueOf(workers), "1 to " + MOST_WORKERS));
    }
    if (tileRows < 1 || tileRows > LARGEST_TILE) {
      problems.add(new Problem("tile", String.valueOf(tileRows), "1 to " + LARGEST_TILE));
    }
    if (maximumRowsPerRequest < 1) {
      problems.add(
          new Problem("maximum rows", String.valueOf(maximumRowsPerRequest), "at least 1"));
    } else if (maximumOutstandingRows < maximumRowsPerRequest) {
      problems.add(
          new Problem(
              "maximum outstanding rows",
              String.valueOf(maximumOutstandingRows),
              "at least the maximum rows of a request, " + maximumRowsPerRequest));
    }
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
    tileRows = RolloutBuffers.padded(tileRows);
  }

  /** Returns the defaults: as many workers as processors, tiles of 256 rows. */
  public static SamplerOptions defaults() {
    return new SamplerOptions(
        Math.min(Runtime.getRuntime().availableProcessors(), MOST_WORKERS),
        ExecutionProvider.CPU.usualTileRows(),
        DEFAULT_OUTSTANDING,
        DEFAULT_PER_REQUEST,
        ExecutionProvider.CPU);
  }

  /** Returns these options with another provider, and its usual tiles. */
  public SamplerOptions on(ExecutionProvider other) {
    return new SamplerOptions(
        workers, other.usualTileRows(), maximumOutstandingRows, maximumRowsPerRequest, other);
  }

  /**
   * Refuses a request of more rows than one may have.
   *
   * @throws InvalidInputException if it has
   */
  void requireFits(SampleRequest request) {
    if (request.rows() <= maximumRowsPerRequest) {
      return;
    }
    long most = maximumRowsPerRequest / request.betaCount();
    if (most == 0) {
      throw new InvalidInputException(
          "beta",
          request.betaCount() + " values",
          "at most " + maximumRowsPerRequest + ", the rows that a request may have");
    }
    throw new InvalidInputException(
        "count",
        request.count(),
        request.betaCount() == 1
            ? "1 to " + most
            : "1 to " + most + " for " + request.betaCount() + " betas");
  }
}
