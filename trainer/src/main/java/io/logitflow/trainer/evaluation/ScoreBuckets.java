package io.logitflow.trainer.evaluation;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** A range of scores in buckets of equal width; one without width is widened by ½ on both sides. */
final class ScoreBuckets {
  private static final int COUNT = 20;

  private final double[] edges = new double[COUNT + 1];

  /**
   * Divides the range of scores.
   *
   * @param scores at least one
   */
  ScoreBuckets(double[] scores) {
    double low = Arrays.stream(scores).min().orElseThrow();
    double high = Arrays.stream(scores).max().orElseThrow();
    double margin = low == high ? 0.5 : 0;
    for (int i = 0; i <= COUNT; i++) {
      double share = (double) i / COUNT;
      edges[i] = (low - margin) * (1 - share) + (high + margin) * share;
    }
  }

  /** Returns the ends of the buckets, ascending. */
  double[] edges() {
    return edges.clone();
  }

  /**
   * Adds up the weights of scores by bucket.
   *
   * @param scores [N] within the range
   * @param weights by the number of a score
   */
  double[] sums(double[] scores, IntToDoubleFunction weights) {
    double[] sums = new double[COUNT];
    for (int i = 0; i < scores.length; i++) {
      int found = Arrays.binarySearch(edges, scores[i]);
      int bucket = found >= 0 ? found : -found - 2;
      sums[Math.max(0, Math.min(COUNT - 1, bucket))] += weights.applyAsDouble(i);
    }
    return sums;
  }
}
