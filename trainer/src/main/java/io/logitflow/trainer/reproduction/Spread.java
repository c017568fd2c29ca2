package io.logitflow.trainer.reproduction;

import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.StandardDeviation;

/**
 * How a figure spreads over seeds.
 *
 * @param count N, how many seeds have it
 * @param mean their mean; NaN of none
 * @param deviation their standard deviation, √(Σ (x − mean)² / (N − 1)); NaN of fewer than two
 */
record Spread(int count, double mean, double deviation) {
  private static final String NOTHING = "–";

  /**
   * Measures it.
   *
   * @param values the figure of each seed
   */
  static Spread of(List<Double> values) {
    return of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /**
   * Measures it.
   *
   * @param values the figure of each seed
   */
  static Spread of(double... values) {
    double deviation = values.length < 2 ? Double.NaN : StandardDeviation.of(values).getAsDouble();
    double mean = values.length == 0 ? Double.NaN : Mean.of(values).getAsDouble();
    return new Spread(values.length, mean, deviation);
  }

  /**
   * Writes it for a table, "mean ± standard deviation", the latter where there is one.
   *
   * @param decimals digits behind the point
   */
  String text(int decimals) {
    if (count == 0) {
      return NOTHING;
    }
    String form = "%." + decimals + "f";
    return String.format(Locale.ROOT, form, mean)
        + (count < 2 ? "" : String.format(Locale.ROOT, " ± " + form, deviation));
  }
}
