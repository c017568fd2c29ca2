package io.logitflow.trainer.training;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Quantiles by the nearest rank: the least of sorted values that a share of all do not exceed. */
final class NearestRank {
  private NearestRank() {}

  /**
   * Finds a quantile. In decimals, since 0.55 · 100 is above 55 in binary fractions.
   *
   * @param share 0 to 1, as a user wrote it
   * @param size N, how many values there are, at least 1
   * @return its place among the values in ascending order, 0 to N - 1
   */
  static int of(BigDecimal share, int size) {
    BigDecimal rank = share.multiply(BigDecimal.valueOf(size)).setScale(0, RoundingMode.CEILING);
    return Math.max(0, rank.intValueExact() - 1);
  }
}
