package io.logitflow.trainer.environment;

/** The number of subsets of k out of n things, for all n up to a largest one. */
final class Binomials {
  /** By n, then k up to n; saturated. */
  private final long[][] counts;

  /**
   * Creates the table by Pascal's rule.
   *
   * @param largest the largest n
   */
  Binomials(int largest) {
    counts = new long[largest + 1][];
    for (int n = 0; n <= largest; n++) {
      counts[n] = new long[n + 1];
      counts[n][0] = 1;
      counts[n][n] = 1;
      for (int k = 1; k < n; k++) {
        counts[n][k] = SaturatedCount.sum(counts[n - 1][k - 1], counts[n - 1][k]);
      }
    }
  }

  /** Returns the number of subsets, a {@link SaturatedCount}; 0 where k is above n. */
  long count(int n, int k) {
    return k > n ? 0 : counts[n][k];
  }
}
