package io.logitflow.exporter.parity;

/** The comparison of one output, value by value. */
final class Comparison {
  private final String graph;
  private final String output;
  private final Tolerance tolerance;
  private long values;
  private double largestDifference;
  private long mismatches;

  /**
   * Starts a comparison.
   *
   * @param graph file of the graph
   * @param output name of the output
   * @param tolerance of a difference
   */
  Comparison(String graph, String output, Tolerance tolerance) {
    this.graph = graph;
    this.output = output;
    this.tolerance = tolerance;
  }

  /**
   * Starts a comparison of what is computed in binary32.
   *
   * @param graph file of the graph
   * @param output name of the output
   */
  Comparison(String graph, String output) {
    this(graph, output, Tolerance.BINARY32);
  }

  /** Compares one value; a NaN on either side agrees with nothing. */
  void add(double found, double expected) {
    double difference = Math.abs(found - expected);
    values++;
    // Infinite, so that a NaN shows in the report as the largest difference that there is.
    double shown = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    largestDifference = Math.max(largestDifference, shown);
    mismatches += tolerance.holds(found, expected) ? 0 : 1;
  }

  /** Compares arrays of one length. */
  void addAll(float[] found, float[] expected) {
    if (found.length != expected.length) {
      throw new IllegalArgumentException(
          graph + " " + output + ": " + found.length + " values, expected " + expected.length);
    }
    for (int i = 0; i < found.length; i++) {
      add(found[i], expected[i]);
    }
  }

  OutputParity result() {
    return new OutputParity(graph, output, values, largestDifference, mismatches);
  }
}
