package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.ParameterLayout;
import io.logitflow.trainer.policy.WindowEmbedding;
import java.util.Arrays;
import java.util.Map;

/**
 * The trained vectors of windows as nodes of a graph: all windows' rows one behind another in one
 * constant, one product that finds those of a state, one look-up and one sum.
 *
 * @param windows the vectors
 * @param layout where their parameters stand
 * @param parameters the flat vector of all parameters
 */
record WindowEmbeddingLowering(
    WindowEmbedding windows, ParameterLayout layout, float[] parameters) {
  /**
   * Sums up the vectors of states' windows.
   *
   * @param features [N, f], of which those from f on are zero
   * @return [N, W]
   */
  Value apply(GraphBuilder graph, Value features) {
    int width = Math.toIntExact(features.shape().size(1));
    int count = windows.windows();
    Value weights =
        graph.constant(
            windows.name() + ".weights" + width,
            Shape.of(width, count),
            Arrays.copyOf(windows.weights(), width * count));
    float[] firstRows = new float[count];
    for (int window = 0; window < count; window++) {
      firstRows[window] = window * (float) windows.rows();
    }
    Value number =
        graph.apply(
            Operator.ADD,
            graph.apply(Operator.MATMUL, features, weights),
            graph.constant(windows.name() + ".first", Shape.of(count), firstRows));
    Value row = Columns.cast(graph, ElementType.INT32, number);
    Value rows =
        graph.constant(
            windows.name() + ".rows",
            Shape.of((long) count * windows.rows(), windows.width()),
            this::rows);
    return graph.apply(
        Operator.REDUCE_SUM,
        Map.of("keepdims", new Attribute.Whole(0)),
        graph.apply(Operator.GATHER, rows, row),
        graph.integers("windows", 1));
  }

  /**
   * Sums up the vectors of one state's windows.
   *
   * @param features [F]
   * @return [1, W]
   */
  Value applyToRow(GraphBuilder graph, float[] features) {
    int count = windows.windows();
    float[] weights = windows.weights();
    float[] rows = rows();
    float[] sum = new float[windows.width()];
    for (int window = 0; window < count; window++) {
      float number = 0;
      for (int i = 0; i < features.length; i++) {
        number += features[i] * weights[i * count + window];
      }
      int first = (window * windows.rows() + (int) number) * sum.length;
      for (int i = 0; i < sum.length; i++) {
        sum[i] += rows[first + i];
      }
    }
    return graph.constant(windows.name() + ".row", Shape.of(1, sum.length), sum);
  }

  /** Returns the rows of all windows, [windows · R, W]. */
  private float[] rows() {
    int size = windows.rows() * windows.width();
    float[] rows = new float[windows.windows() * size];
    for (int window = 0; window < windows.windows(); window++) {
      ParameterBlock block = layout.block(windows.parameter(window));
      System.arraycopy(parameters, block.offset(), rows, window * size, size);
    }
    return rows;
  }
}
