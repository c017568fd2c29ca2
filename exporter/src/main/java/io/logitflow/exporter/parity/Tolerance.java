package io.logitflow.exporter.parity;

import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.session.ExecutionProvider;

/**
 * How far a number may be from the trainer's: |Δ| ≤ absolute + relative · |value|.
 *
 * @param absolute a difference
 * @param relative a part of the value
 */
record Tolerance(double absolute, double relative) {
  /** Of what is computed in binary32. */
  static final Tolerance BINARY32 = new Tolerance(1e-4, 1e-6);

  private static final double BINARY16_STEP = 0x1p-11;
  private static final double TF32_STEP = 0x1p-8;
  private static final double TF32_VALUE = 0x1p-10;

  /**
   * Returns that of a rollout's outputs. With factors rounded to TF32 eleven bits are left in every
   * layer, in the last one's logits times the scale, and in sums of log-probabilities.
   *
   * @param provider where it runs
   * @param steps of a trajectory
   */
  static Tolerance of(ExecutionProvider provider, int steps) {
    return provider.roundsFactors() ? new Tolerance(steps * TF32_STEP, TF32_VALUE) : BINARY32;
  }

  /**
   * Returns that of log P_F. Where hidden layers are computed in binary16 and products summed in
   * another order than the reduced policy sums them, a sum may be rounded to the binary16 number
   * beside: by half of 2^-10 of it at most, in every step.
   *
   * @param precision of the bundle, as its manifest names it
   * @param provider where its rollout runs
   * @param steps of a trajectory
   */
  static Tolerance ofLogForward(String precision, ExecutionProvider provider, int steps) {
    boolean binary16 = precision.equals(BundleFormat.FP16) && provider.computesBinary16();
    return binary16 && !provider.roundsFactors()
        ? new Tolerance(steps * BINARY16_STEP, BINARY32.relative)
        : of(provider, steps);
  }

  /** Returns whether two numbers agree; a NaN agrees with nothing. */
  boolean holds(double found, double expected) {
    return Math.abs(found - expected) <= absolute + relative * Math.abs(expected);
  }
}
