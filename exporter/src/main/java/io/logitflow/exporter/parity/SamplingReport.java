package io.logitflow.exporter.parity;

import java.util.Locale;

/**
 * How sampled objects compare with the exact distribution at one inverse temperature.
 *
 * @param beta the inverse temperature
 * @param samples number of objects drawn
 * @param overObjects the test over objects, those of an expectation below 5 joined until they have
 *     it
 * @param overBins the test over some 50 bins of equal probability, in the order of probability
 * @param balanceResidual root mean square, over the samples, of log P_F(τ) − log P_B(τ | x) − log
 *     p(x): 0 for a model that satisfies trajectory balance exactly
 */
public record SamplingReport(
    float beta,
    long samples,
    ChiSquareTest overObjects,
    ChiSquareTest overBins,
    double balanceResidual) {
  /**
   * Least p of either test. Numbers are drawn from a fixed seed, so that a bundle passes always or
   * never; but among many bundles p is uniform on [0, 1], and a wrong distribution gives a p that
   * is zero to machine precision as soon as it matters. One good bundle in some hundred million
   * fails, with the six tests of a verification and the roughness of the chi-square's tail counted
   * in.
   */
  static final double LEAST_PROBABILITY = 1e-9;

  /** Returns whether the samples agree with the exact distribution. */
  public boolean passed() {
    return overObjects.probability() >= LEAST_PROBABILITY
        && overBins.probability() >= LEAST_PROBABILITY;
  }

  /** Returns one line. */
  public String summary() {
    return String.format(
        Locale.ROOT,
        "%d objects at beta %s: p %.3g over %d bins of objects, p %.3g over %d bins of equal"
            + " probability; trajectory balance residual %.3g",
        samples,
        beta,
        overObjects.probability(),
        overObjects.bins(),
        overBins.probability(),
        overBins.bins(),
        balanceResidual);
  }
}
