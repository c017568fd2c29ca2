package io.logitflow.trainer.evaluation;

import java.util.Arrays;
import org.apache.commons.statistics.ranking.NaturalRanking;
import org.apache.commons.statistics.ranking.TiesStrategy;
import org.jspecify.annotations.Nullable;

/** How closely two quantities of the same objects go together, −1 to 1. */
public final class Correlation {
  private static final NaturalRanking RANKING = new NaturalRanking(TiesStrategy.AVERAGE);

  private Correlation() {}

  /**
   * Computes Pearson's correlation.
   *
   * @param x [N]
   * @param y [N]
   * @return null where one of them is the same for all, since there is no correlation then
   */
  public static @Nullable Double pearson(double[] x, double[] y) {
    if (isSameForAll(x) || isSameForAll(y)) {
      return null; // Deviations from the mean of equal numbers are not 0 but rounding's.
    }
    double meanX = mean(x);
    double meanY = mean(y);
    double covariance = 0;
    double varianceX = 0;
    double varianceY = 0;
    for (int i = 0; i < x.length; i++) {
      covariance += (x[i] - meanX) * (y[i] - meanY);
      varianceX += (x[i] - meanX) * (x[i] - meanX);
      varianceY += (y[i] - meanY) * (y[i] - meanY);
    }
    double correlation = covariance / Math.sqrt(varianceX) / Math.sqrt(varianceY);
    return Double.isFinite(correlation) ? Math.max(-1, Math.min(1, correlation)) : null;
  }

  /**
   * Computes Spearman's correlation: Pearson's of the ranks, ties having their mean rank.
   *
   * @param x [N]
   * @param y [N]
   * @return null where one of them is the same for all
   */
  public static @Nullable Double spearman(double[] x, double[] y) {
    return pearson(RANKING.apply(x), RANKING.apply(y));
  }

  private static boolean isSameForAll(double[] values) {
    return Arrays.stream(values).allMatch(value -> value == values[0]);
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
