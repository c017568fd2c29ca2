package io.logitflow.trainer.oracle;

/** The total variation of two distributions by its definition. */
public final class TotalVariation {
  private TotalVariation() {}

  /**
   * Computes ½ Σ |p − q|.
   *
   * @param p a distribution
   * @param q another over the same objects
   */
  public static double of(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += Math.abs(p[i] - q[i]);
    }
    return sum / 2;
  }
}
