package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The log-probability of B trajectories while their steps are added, a row [1, B] each: the shifted
 * logits of what was done, less the logarithm of the product of the totals.
 */
final class ColumnLogProbability {
  private static final Map<String, Attribute> ROWS = Map.of("axis", new Attribute.Whole(0));
  private static final int LARGEST_EXPONENT = 126;

  private final int actions;
  private final List<Value> logits = new ArrayList<>();
  private final List<Value> totals = new ArrayList<>();

  /**
   * Starts without steps.
   *
   * @param actions A: no total is above it, none below 1
   */
  ColumnLogProbability(int actions) {
    this.actions = actions;
  }

  /** Returns whether no step was added. */
  boolean isEmpty() {
    return totals.isEmpty();
  }

  /**
   * Adds the logits of a step.
   *
   * @param logit [1, B], or [B, 1]
   */
  void addLogit(Value logit) {
    logits.add(logit);
  }

  /**
   * Adds the total of a step.
   *
   * @param total [1, B] from 1 to A
   */
  void addTotal(Value total) {
    totals.add(total);
  }

  /**
   * Returns the sum of the logits.
   *
   * @param axis along which they follow one another: 0 if they are [1, B], 1 if they are [B, 1]
   * @return [B]
   */
  Value logitSum(GraphBuilder graph, int axis) {
    if (axis == 1) {
      return Columns.sumOfRows(graph, Columns.join(graph, logits.toArray(Value[]::new)));
    }
    return graph.apply(
        Operator.REDUCE_SUM,
        Map.of("keepdims", new Attribute.Whole(0)),
        graph.apply(Operator.CONCAT, ROWS, logits.toArray(Value[]::new)),
        graph.integers("rows", 0));
  }

  /**
   * Returns the sum of the totals' logarithms: one logarithm of as many factors as stay in range.
   *
   * @return [B]
   */
  Value logTotal(GraphBuilder graph) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(actions);
    int most = LARGEST_EXPONENT / bits;
    Value sum = null;
    for (int first = 0; first < totals.size(); first += most) {
      List<Value> factors = totals.subList(first, Math.min(totals.size(), first + most));
      Value product =
          graph.apply(
              Operator.REDUCE_PROD,
              Map.of("axes", new Attribute.Wholes(List.of(0L)), "keepdims", new Attribute.Whole(0)),
              graph.apply(Operator.CONCAT, ROWS, factors.toArray(Value[]::new)));
      Value logarithm = graph.apply(Operator.LOG, product);
      sum = sum == null ? logarithm : graph.apply(Operator.ADD, sum, logarithm);
    }
    if (sum == null) {
      throw new IllegalStateException("no step was added");
    }
    return sum;
  }
}
