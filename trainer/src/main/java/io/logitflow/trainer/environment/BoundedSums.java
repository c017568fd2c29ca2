package io.logitflow.trainer.environment;

/** The number of vectors of j integers from 0 to H − 1 that add up to s, for all j up to d. */
final class BoundedSums {
  /** By j, then s up to j·(H − 1); saturated. */
  private final long[][] counts;

  /**
   * Creates the table.
   *
   * @param dimensions d
   * @param side H
   */
  BoundedSums(int dimensions, int side) {
    counts = new long[dimensions + 1][];
    counts[0] = new long[] {1};
    for (int j = 1; j <= dimensions; j++) {
      counts[j] = new long[j * (side - 1) + 1];
      fill(counts[j], j, side);
    }
  }

  /*
   * The vectors that begin with 0 to H - 1 give w(j, s) = w(j-1, s) + ... + w(j-1, s-H+1), and so
   * w(j, s) = w(j, s-1) + w(j-1, s) - w(j-1, s-H). In s the numbers are symmetric and rise up to
   * the middle, where they are mirrored. Hence in the lower half no difference is negative. Where
   * w(j-1, s) is saturated, so is the sum: w(j, s-1) is at least what is subtracted.
   */
  private void fill(long[] row, int j, int side) {
    int last = row.length - 1;
    for (int sum = 0; sum <= last / 2; sum++) {
      long before = sum == 0 ? 0 : row[sum - 1];
      long added = count(j - 1, sum) - count(j - 1, sum - side);
      row[sum] = SaturatedCount.sum(before, added);
      row[last - sum] = row[sum];
    }
  }

  /** Returns the number of vectors of j integers, a {@link SaturatedCount}. */
  long count(int j, int sum) {
    return sum < 0 || sum >= counts[j].length ? 0 : counts[j][sum];
  }
}
