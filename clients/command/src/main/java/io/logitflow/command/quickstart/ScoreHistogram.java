package io.logitflow.command.quickstart;

import java.util.Arrays;
import java.util.List;

/**
 * Probability by score, in bins of equal width.
 *
 * @param low lower edge of the first bin
 * @param high upper edge of the last bin
 * @param mass probability of each bin
 */
record ScoreHistogram(double low, double high, List<Double> mass) {
  ScoreHistogram {
    mass = List.copyOf(mass);
  }

  /**
   * Bins weighted scores.
   *
   * @param scores [N], each from {@code low} to {@code high}, which falls into the last bin
   * @param weights [N], normalised here
   * @param low lower edge of the first bin
   * @param high upper edge of the last bin
   * @param bins their number
   */
  static ScoreHistogram of(double[] scores, double[] weights, double low, double high, int bins) {
    Double[] mass = new Double[bins];
    Arrays.fill(mass, 0.0);
    double total = Arrays.stream(weights).sum();
    for (int i = 0; i < scores.length; i++) {
      int bin = (int) Math.floor((scores[i] - low) / (high - low) * bins);
      mass[Math.min(bin, bins - 1)] += weights[i] / total;
    }
    return new ScoreHistogram(low, high, Arrays.asList(mass));
  }

  /** Returns the width of a bin. */
  double width() {
    return (high - low) / mass.size();
  }
}
