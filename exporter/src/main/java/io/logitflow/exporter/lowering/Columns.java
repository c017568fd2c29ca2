package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cuts and sums of the axis behind the batch, and log-probabilities over it. */
final class Columns {
  private Columns() {}

  /**
   * Takes columns.
   *
   * @param value [B, n, ...]
   * @param first the first of them
   * @param end behind the last of them
   * @return [B, end − first, ...], the same value if these are all
   */
  static Value slice(GraphBuilder graph, Value value, int first, int end) {
    if (first == 0 && end == value.shape().size(1)) {
      return value;
    }
    return graph.apply(
        Operator.SLICE,
        value,
        graph.integers("at" + first, first),
        graph.integers("at" + end, end),
        graph.integers("columns", 1));
  }

  /** Adds up columns: [B, n] to [B, 1]. */
  static Value sum(GraphBuilder graph, Value value) {
    return graph.apply(
        Operator.REDUCE_SUM,
        Map.of("keepdims", new Attribute.Whole(1)),
        value,
        graph.integers("columns", 1));
  }

  /** Adds up the last of three axes: [B, n, m] to [B, n]. */
  static Value sumOfLast(GraphBuilder graph, Value value) {
    return graph.apply(
        Operator.REDUCE_SUM,
        Map.of("keepdims", new Attribute.Whole(0)),
        value,
        graph.integers("lastAxis", 2));
  }

  /** Joins columns. */
  static Value join(GraphBuilder graph, Value... values) {
    return values.length == 1
        ? values[0]
        : graph.apply(Operator.CONCAT, Map.of("axis", new Attribute.Whole(1)), values);
  }

  /**
   * Returns the log-probabilities of a softmax's actions.
   *
   * @param scaled [B, n] scaled logits
   * @param mask [B, n] truth values; null if all actions are valid
   * @return [B, n], about the lowest float where not valid
   */
  static Value logProbabilities(GraphBuilder graph, Value scaled, @Nullable Value mask) {
    return Softmax.logarithms(graph, scaled, mask);
  }
}
