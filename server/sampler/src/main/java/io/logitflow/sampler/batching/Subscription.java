package io.logitflow.sampler.batching;

/** The consumer's hold on a request that was admitted. Safe to call from any thread. */
public interface Subscription {
  /**
   * Says that rows are done with, so that as many others may run.
   *
   * @param rows how many of those that came
   * @throws IllegalArgumentException if fewer came and were not yet said to be done with
   */
  void consumed(int rows);

  /**
   * Drops the request: rows that have not run never will, and none counts as outstanding any more.
   * A call of the consumer's that is under way ends; no other follows. Does nothing where the
   * request has ended and its rows are consumed.
   */
  void cancel();
}
