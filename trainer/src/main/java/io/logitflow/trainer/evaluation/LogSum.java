package io.logitflow.trainer.evaluation;

/** Sums of numbers given by their natural logarithms, which are too small or large themselves. */
final class LogSum {
  private LogSum() {}

  /**
   * Returns log(e^a + e^b).
   *
   * @param a a number, or negative infinity
   * @param b likewise
   */
  static double add(double a, double b) {
    double larger = Math.max(a, b);
    return larger == Double.NEGATIVE_INFINITY
        ? larger
        : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
  }

  /**
   * Returns log Σ e^v.
   *
   * @param logarithms the v, at least one of them finite
   */
  static double of(double... logarithms) {
    double maximum = Double.NEGATIVE_INFINITY;
    for (double logarithm : logarithms) {
      maximum = Math.max(maximum, logarithm);
    }
    double sum = 0;
    for (double logarithm : logarithms) {
      sum += Math.exp(logarithm - maximum);
    }
    return maximum + Math.log(sum);
  }
}
