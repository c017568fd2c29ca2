package io.logitflow.exporter.parity;

import io.logitflow.sampler.bundle.BundleFormat;

/**
 * How an output of a graph compares with the trainer's.
 *
 * @param graph file of the graph
 * @param output name of the output
 * @param values how many numbers were compared
 * @param largestDifference the largest absolute difference among them
 * @param mismatches how many lie outside the tolerance
 */
public record OutputParity(
    String graph, String output, long values, double largestDifference, long mismatches) {

  /** Returns whether there was something to compare and all of it agreed. */
  boolean passed() {
    return values > 0 && mismatches == 0;
  }

  /** Returns the output's name, with its graph's where another graph has an output of that name. */
  String name() {
    return graph.equals(BundleFormat.DECODING_FILE) ? graph + " " + output : output;
  }
}
