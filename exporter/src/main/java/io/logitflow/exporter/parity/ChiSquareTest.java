package io.logitflow.exporter.parity;

import java.util.List;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * Pearson's chi-square test of counts against their expectations.
 *
 * @param bins number of bins
 * @param statistic Σ (count − expectation)² / expectation
 * @param probability p: chance of a statistic as large if the expectations are true
 */
public record ChiSquareTest(int bins, double statistic, double probability) {
  /**
   * Tests counts.
   *
   * @param bins at least one, each with an expectation above zero
   */
  static ChiSquareTest of(List<Bin> bins) {
    double statistic = bins.stream().mapToDouble(Bin::term).sum();
    double probability =
        bins.size() < 2
            ? 1
            : ChiSquaredDistribution.of(bins.size() - 1).survivalProbability(statistic);
    return new ChiSquareTest(bins.size(), statistic, probability);
  }

  /**
   * A bin.
   *
   * @param expectation expected count
   * @param count what was counted
   */
  record Bin(double expectation, long count) {
    double term() {
      double difference = count - expectation;
      return difference * difference / expectation;
    }
  }
}
