package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;

/**
 * Consecutive actions.
 *
 * @param first the lowest
 * @param count how many, at least 1
 */
public record ActionRange(int first, int count) {
  /**
   * Takes the columns of these actions.
   *
   * @param columns [B, n], a column for each action
   * @return [B, count], the same value if there are no others
   */
  Value select(GraphBuilder graph, Value columns) {
    if (columns.shape().size(1) == count) {
      return columns;
    }
    return graph.apply(
        Operator.SLICE,
        columns,
        graph.integers("first" + first, first),
        graph.integers("end" + (first + count), first + count),
        graph.integers("columns", 1));
  }
}
