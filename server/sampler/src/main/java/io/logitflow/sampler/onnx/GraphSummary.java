package io.logitflow.sampler.onnx;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a graph is made of.
 *
 * @param memory what its values take in a run
 * @param operators how often each operator stands in it, by its name in ONNX
 * @param constantBytes of its constants
 * @param operationsPerRow operations of the matrix products, of floats or of integers, for a row of
 *     the batch, a multiplication and an addition counted as two, what is in a loop as often as it
 *     runs
 * @param operationsPerBeta the same for each of a run's inverse temperatures
 * @param repetition the nodes that run more than once, if there are any
 */
public record GraphSummary(
    RunMemory memory,
    SortedMap<String, Integer> operators,
    long constantBytes,
    long operationsPerRow,
    long operationsPerBeta,
    Optional<Repetition> repetition) {
  /** Copies the operators. */
  public GraphSummary {
    operators = Collections.unmodifiableSortedMap(new TreeMap<>(operators));
  }
}
