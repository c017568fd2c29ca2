package io.logitflow.trainer.report;

import java.util.Arrays;

/**
 * Counts, or other weights, of numbers by buckets of equal width.
 *
 * @param edges ends of the buckets, ascending, [B + 1]; a number on an edge belongs to the bucket
 *     above it, the highest edge to the last bucket
 * @param weights [B]
 */
public record Histogram(double[] edges, double[] weights) {
  /**
   * Divides a range evenly.
   *
   * @param low lower end
   * @param high upper end; a range without width is widened by a half on both sides
   * @param buckets B
   * @return [B + 1]
   */
  static double[] edges(double low, double high, int buckets) {
    double margin = low == high ? 0.5 : 0;
    double[] edges = new double[buckets + 1];
    for (int i = 0; i <= buckets; i++) {
      double share = (double) i / buckets;
      edges[i] = (low - margin) * (1 - share) + (high + margin) * share;
    }
    return edges;
  }

  /**
   * Counts numbers.
   *
   * @param values numbers within the edges
   * @param edges ends of the buckets
   */
  static Histogram of(double[] values, double[] edges) {
    double[] ones = new double[values.length];
    Arrays.fill(ones, 1);
    return of(values, ones, edges);
  }

  /**
   * Adds up the weights of numbers.
   *
   * @param values numbers within the edges
   * @param weights one for each number
   * @param edges ends of the buckets
   */
  static Histogram of(double[] values, double[] weights, double[] edges) {
    double[] sums = new double[edges.length - 1];
    for (int i = 0; i < values.length; i++) {
      int found = Arrays.binarySearch(edges, values[i]);
      int bucket = found >= 0 ? found : -found - 2;
      sums[Math.min(Math.max(bucket, 0), sums.length - 1)] += weights[i];
    }
    return new Histogram(edges, sums);
  }
}
