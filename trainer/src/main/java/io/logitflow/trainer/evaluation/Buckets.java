package io.logitflow.trainer.evaluation;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * The range of some numbers in buckets of equal width; one without width is widened by ½ on both
 * sides. A number on an edge belongs to the bucket above it, the highest edge to the last bucket.
 */
public final class Buckets {
  private final double[] edges;

  /**
   * Divides the range of numbers.
   *
   * @param numbers at least one, finite
   * @param count B, at least 1
   */
  public Buckets(double[] numbers, int count) {
    double low = Arrays.stream(numbers).min().orElseThrow();
    double high = Arrays.stream(numbers).max().orElseThrow();
    double margin = low == high ? 0.5 : 0;
    this.edges = new double[count + 1];
    for (int i = 0; i <= count; i++) {
      double share = (double) i / count;
      edges[i] = (low - margin) * (1 - share) + (high + margin) * share;
    }
  }

  /** Returns the ends of the buckets, ascending, [B + 1]. */
  public double[] edges() {
    return edges.clone();
  }

  /**
   * Adds up the weights of numbers by bucket.
   *
   * @param numbers [N] within the range
   * @param weights by the place of a number
   * @return [B]
   */
  public double[] sums(double[] numbers, IntToDoubleFunction weights) {
    double[] sums = new double[edges.length - 1];
    for (int i = 0; i < numbers.length; i++) {
      int found = Arrays.binarySearch(edges, numbers[i]);
      int bucket = found >= 0 ? found : -found - 2;
      sums[Math.max(0, Math.min(sums.length - 1, bucket))] += weights.applyAsDouble(i);
    }
    return sums;
  }
}
