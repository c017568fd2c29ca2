package io.logitflow.exporter.parity;

import java.util.Locale;

/**
 * How far sampled objects are from the exact distribution of a policy that they are not drawn from,
 * but from one that a manifest says is near it.
 *
 * @param beta the inverse temperature
 * @param samples n, number of objects drawn
 * @param bins m, number of bins of objects, which do not depend on the samples
 * @param variation total variation between the counts in these bins and their expectations
 * @param declared the total variation between the two policies that the manifest states
 */
public record VariationReport(
    float beta, long samples, int bins, double variation, double declared) {
  /** Chance that a bundle fails whose divergence is what its manifest states. */
  private static final double FALSE_ALARM = 1e-9;

  /**
   * Returns the largest variation that the declared one explains. Counts of n samples are from
   * their own expectations by √((m − 1) / n) / 2 at most on average (Cauchy and Schwarz), and by
   * √(ln(1/α) / 2n) more with a chance of α at most (McDiarmid, one sample moving it by 1/n).
   */
  public double allowed() {
    return declared
        + Math.sqrt((bins - 1.0) / samples) / 2
        + Math.sqrt(-Math.log(FALSE_ALARM) / (2 * samples));
  }

  /** Returns whether the samples agree with what is declared. */
  public boolean passed() {
    return variation <= allowed();
  }

  /** Returns one line. */
  public String summary() {
    return String.format(
        Locale.ROOT,
        "%d objects at beta %s: total variation %.3g over %d bins of equal probability, at most %.3g"
            + " with the declared divergence of %.3g and chance",
        samples,
        beta,
        variation,
        bins,
        allowed(),
        declared);
  }
}
