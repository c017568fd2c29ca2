package io.logitflow.sampler.oracle;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/** Pearson's test of counts against exact probabilities. */
public final class ChiSquare {
  private static final double SMALLEST_EXPECTATION = 5;

  private ChiSquare() {}

  /**
   * Returns the p-value of counts; cells with an expectation below 5 are pooled.
   *
   * @param counts of each cell
   * @param probabilities of each cell
   */
  public static double pValue(long[] counts, double[] probabilities) {
    double total = (double) Arrays.stream(counts).sum();
    double statistic = 0;
    int cells = 0;
    double pooledCount = 0;
    double pooledExpectation = 0;
    for (int cell = 0; cell < counts.length; cell++) {
      double expectation = total * probabilities[cell];
      if (expectation < SMALLEST_EXPECTATION) {
        pooledCount += counts[cell];
        pooledExpectation += expectation;
      } else {
        statistic += term((double) counts[cell], expectation);
        cells++;
      }
    }
    if (pooledExpectation > 0) {
      statistic += term(pooledCount, pooledExpectation);
      cells++;
    }
    return ChiSquaredDistribution.of(cells - 1).survivalProbability(statistic);
  }

  private static double term(double count, double expectation) {
    return (count - expectation) * (count - expectation) / expectation;
  }
}
