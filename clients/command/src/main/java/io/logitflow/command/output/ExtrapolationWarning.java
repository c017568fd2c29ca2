package io.logitflow.command.output;

import io.logitflow.v1.BetaRange;
import java.io.PrintWriter;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/** Says which inverse temperatures a model was not trained on. */
public final class ExtrapolationWarning {
  private ExtrapolationWarning() {}

  /**
   * Prints a line for each inverse temperature outside the trained range.
   *
   * @param err where to
   * @param betas inverse temperatures of a request
   * @param extrapolated whether the j-th of them is outside, as the server says
   * @param trained the range, asked for if it is needed
   */
  public static void print(
      PrintWriter err, float[] betas, IntPredicate extrapolated, Supplier<BetaRange> trained) {
    for (int j = 0; j < betas.length; j++) {
      if (extrapolated.test(j)) {
        BetaRange range = trained.get();
        err.println(
            "warning: beta "
                + betas[j]
                + " is extrapolated: the model was trained on "
                + range.getLow()
                + " to "
                + range.getHigh());
      }
    }
  }
}
