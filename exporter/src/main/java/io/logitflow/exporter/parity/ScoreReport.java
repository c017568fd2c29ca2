package io.logitflow.exporter.parity;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How the log-probabilities that a bundle's graph of scores gives compare with the exact
 * distribution of its policy.
 *
 * @param beta the inverse temperature
 * @param objects number of objects scored
 * @param exact whether the graph sums over all trajectories
 * @param finite whether all numbers are
 * @param difference where it could be had: of exact scores the largest difference beyond the part
 *     of the value that rounding explains, of estimates the part of the objects whose probability
 *     lies within 1.96 standard errors
 * @param tolerance of that difference of exact scores
 */
public record ScoreReport(
    float beta,
    int objects,
    boolean exact,
    boolean finite,
    OptionalDouble difference,
    double tolerance) {
  /** The largest difference of exact scores that are computed in binary32. */
  static final double TOLERANCE = 1e-3;

  /**
   * The least part of estimates whose interval has the probability in it. Nine in ten do where P_F
   * and P_B have learned of one another, fewer where weights are so far apart that 64 of them say
   * little; of a wrong graph hardly any.
   */
  static final double LEAST_COVERAGE = 0.2;

  /** Returns whether the scores are what they should be. */
  public boolean passed() {
    return finite
        && (difference.isEmpty()
            || (exact
                ? difference.getAsDouble() <= tolerance
                : difference.getAsDouble() >= LEAST_COVERAGE));
  }

  /** Returns one line. */
  public String summary() {
    String of = objects + " log-probabilities at beta " + beta + " are ";
    if (!finite || difference.isEmpty()) {
      return of + (finite ? "finite" : "not all finite");
    }
    return exact
        ? String.format(Locale.ROOT, "%swithin %.2g of enumeration", of, difference.getAsDouble())
        : String.format(
            Locale.ROOT,
            "%sestimates, %.0f%% of them within 1.96 standard errors of enumeration",
            of,
            100 * difference.getAsDouble());
  }
}
