package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The uniforms of each step: a row [1, B] for steps inside tables, which follow the first, a column
 * [B, 1] for all others.
 *
 * @param byStep one for each step
 */
record Uniforms(List<Value> byStep) {
  private static final Map<String, Attribute> ROWS = Map.of("axis", new Attribute.Whole(0));
  private static final Map<String, Attribute> COLUMNS = Map.of("axis", new Attribute.Whole(1));

  /**
   * Splits uniforms.
   *
   * @param uniform [B, T]
   * @param steps T
   * @param inside how many steps after the first are inside tables
   */
  static Uniforms split(GraphBuilder graph, Value uniform, int steps, int inside) {
    long[] columns = new long[steps - Math.max(0, inside - 1)];
    Arrays.fill(columns, 1);
    if (inside > 0) {
      columns[1] = inside;
    }
    List<Value> byStep =
        new ArrayList<>(
            graph.applyAll(
                Operator.SPLIT, COLUMNS, uniform, graph.integers("steps.columns", columns)));
    if (inside > 0) {
      byStep.addAll(1, rows(graph, byStep.remove(1), inside));
    }
    return new Uniforms(List.copyOf(byStep));
  }

  /**
   * Brings uniforms into a row for each step.
   *
   * @param uniform [B, T]
   * @param steps T
   * @return [1, B] each
   */
  static List<Value> rows(GraphBuilder graph, Value uniform, int steps) {
    long[] single = new long[steps];
    Arrays.fill(single, 1);
    return graph.applyAll(
        Operator.SPLIT, ROWS, Columns.rows(graph, uniform), graph.integers("steps.single", single));
  }

  /** Returns the uniforms of a step inside tables, [1, B]. */
  Value row(int step) {
    return byStep.get(step);
  }

  /** Returns the uniforms of another step, [B, 1]. */
  Value column(int step) {
    return byStep.get(step);
  }
}
