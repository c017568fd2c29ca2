package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.Arrays;

/**
 * The choice of one of n actions in each of B columns, by the inverse of the cumulative
 * distribution as in {@link ActionChoice}; columns cost a comparison less than rows.
 *
 * @param passed [n, B] one for each action whose running sum is passed: their number is the place
 * @param total [1, B] sum of the exponentials
 */
record ColumnChoice(Value passed, Value total) {
  /**
   * Chooses.
   *
   * @param sums [n, B] running sums of the exponentials
   * @param uniform [1, B] in [0, 1)
   */
  static ColumnChoice choose(GraphBuilder graph, Value sums, Value uniform) {
    int actions = Math.toIntExact(sums.shape().size(0));
    Value total = Columns.row(graph, sums, actions - 1);
    Value threshold = graph.apply(Operator.MUL, total, uniform);
    Value passed = graph.apply(Operator.LESS_OR_EQUAL, sums, threshold);
    return new ColumnChoice(Columns.toFloat(graph, passed), total);
  }

  /**
   * Returns the number of the chosen action.
   *
   * @return [1, B] as floats
   */
  Value position(GraphBuilder graph) {
    int actions = Math.toIntExact(passed.shape().size(0));
    float[] ones = new float[actions];
    Arrays.fill(ones, 1);
    return graph.apply(
        Operator.MATMUL, graph.constant("count" + actions, Shape.of(1, actions), ones), passed);
  }

  /**
   * Returns a matrix that makes running sums of what is selected.
   *
   * @param actions n
   * @param width w, of which the first n are selected
   * @return [n, w]
   */
  static Value triangle(GraphBuilder graph, int actions, int width) {
    float[] triangle = new float[actions * width];
    for (int row = 0; row < actions; row++) {
      Arrays.fill(triangle, row * width, row * width + row + 1, 1);
    }
    return graph.constant("sums" + actions, Shape.of(actions, width), triangle);
  }
}
