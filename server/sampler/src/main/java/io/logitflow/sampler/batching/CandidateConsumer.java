package io.logitflow.sampler.batching;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.sampler.sampling.Candidates;

/**
 * Where a request's candidates go. Calls come one at a time, on a worker's thread, in row order:
 * any number of {@link #onCandidates}, then one of the other two, or nothing more after a
 * cancellation. They must not block: a worker that waits runs no one's rows.
 */
public interface CandidateConsumer {
  /**
   * Takes the next rows. They count as outstanding, and the request pauses once two tiles of them
   * are, until {@link Subscription#consumed} says that they are done with.
   *
   * @param candidates the rows
   * @param subscription the request's
   */
  void onCandidates(Candidates candidates, Subscription subscription);

  /** Learns that the last row has come. */
  void onComplete();

  /**
   * Learns that no more rows will come.
   *
   * @param failure why
   */
  void onFailure(LogitFlowException failure);
}
