package io.logitflow.trainer.policy;

import java.util.function.DoubleUnaryOperator;

/**
 * Fixed scales of up to three heads: β, 1 and log β, each less its projection on those before it
 * under a uniform β of the trained range, so that learning one head does not undo another.
 *
 * <p>The logits that sample the target exactly are differences of log F(s; β) between the children
 * of a state, and log F is the logarithm of a sum of R(x)^β: by Laplace's method β · max log R − κ
 * · log β + a constant for a large β.
 *
 * @param ofBeta [K] factors of β
 * @param ofOne [K] constants
 * @param ofLogBeta [K] factors of log β
 */
public record BetaBasis(float[] ofBeta, float[] ofOne, float[] ofLogBeta) {
  /** The most heads that there are scales for. */
  public static final int MOST_HEADS = 3;

  /** Enough for a float's precision on ranges of up to some powers of ten. */
  private static final int PANELS = 4_096;

  private static final DoubleUnaryOperator[] FUNCTIONS = {beta -> beta, beta -> 1, Math::log};

  /**
   * Makes the scales orthogonal over a range.
   *
   * @param heads K, 1 to {@value #MOST_HEADS}
   * @param low lower end of the range, positive
   * @param high upper end, above the lower where there are several heads
   */
  static BetaBasis of(int heads, double low, double high) {
    double[][] scales = new double[heads][MOST_HEADS];
    for (int head = 0; head < heads; head++) {
      double[] scale = scales[head];
      scale[head] = 1;
      for (int other = 0; other < head; other++) {
        double[] before = scales[other];
        double shared =
            integral(beta -> value(scale, beta) * value(before, beta), low, high)
                / integral(beta -> value(before, beta) * value(before, beta), low, high);
        for (int i = 0; i < MOST_HEADS; i++) {
          scale[i] -= shared * before[i];
        }
      }
    }
    return new BetaBasis(column(scales, 0), column(scales, 1), column(scales, 2));
  }

  /** Returns whether a head reads log β. */
  public boolean readsLogarithm() {
    return ofLogBeta.length == MOST_HEADS;
  }

  private static double value(double[] scale, double beta) {
    double sum = 0;
    for (int i = 0; i < MOST_HEADS; i++) {
      sum += scale[i] * FUNCTIONS[i].applyAsDouble(beta);
    }
    return sum;
  }

  /** Integrates by Simpson's rule. */
  private static double integral(DoubleUnaryOperator function, double low, double high) {
    double step = (high - low) / PANELS;
    double sum = function.applyAsDouble(low) + function.applyAsDouble(high);
    for (int i = 1; i < PANELS; i++) {
      sum += (i % 2 == 0 ? 2 : 4) * function.applyAsDouble(low + i * step);
    }
    return sum * step / 3;
  }

  private static float[] column(double[][] scales, int function) {
    float[] column = new float[scales.length];
    for (int head = 0; head < column.length; head++) {
      column[head] = (float) scales[head][function];
    }
    return column;
  }
}
