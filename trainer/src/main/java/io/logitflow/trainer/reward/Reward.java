package io.logitflow.trainer.reward;

import io.logitflow.contract.Sha256;
import io.logitflow.trainer.environment.ObjectBatch;

/** A source of scores for finished objects, asked in batches, from several threads. */
public interface Reward extends AutoCloseable {
  /**
   * Scores objects.
   *
   * @param objects N objects
   * @return [N] finite scores, untransformed
   * @throws io.logitflow.contract.LogitFlowException if a score cannot be had
   */
  double[] scores(ObjectBatch objects);

  /**
   * Returns the SHA-256 (64 lower-case hexadecimal digits) of the data that scores come from, that
   * of no bytes where they come from none: a formula, or a service.
   */
  default String fingerprint() {
    return Sha256.of(new byte[0]);
  }

  /**
   * Returns whether every score has its price: then an evaluation asks only for objects that it
   * draws, and never enumerates.
   */
  default boolean metered() {
    return false;
  }

  /**
   * Returns how many batches are worth asking for at the same time, each in a thread of its own;
   * one by default.
   */
  default int concurrency() {
    return 1;
  }

  /** Frees what the source holds; nothing by default. */
  @Override
  default void close() {}
}
