package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.ParameterLayout;
import io.logitflow.trainer.policy.StateTable;
import java.util.Arrays;

/**
 * A trained table of states as nodes of a graph: one product finds the rows, one look-up takes
 * them. Terminal states that have none are looked up in the last, as the trainer does.
 *
 * @param table the table
 * @param layout where its parameter stands
 * @param parameters the flat vector of all parameters
 */
record StateTableLowering(StateTable table, ParameterLayout layout, float[] parameters) {
  /**
   * Looks up rows.
   *
   * @param features [N, f], of which those from f on are zero
   * @return [N, W]
   */
  Value apply(GraphBuilder graph, Value features) {
    int width = Math.toIntExact(features.shape().size(1));
    Value weights =
        graph.constant(
            table.name() + ".weights" + width,
            Shape.of(width, 1),
            Arrays.copyOf(table.weights(), width));
    Value number = graph.apply(Operator.MATMUL, features, weights);
    Value row =
        Columns.cast(
            graph,
            ElementType.INT32,
            graph.apply(
                Operator.CLIP,
                graph.apply(Operator.RESHAPE, number, graph.integers("asRow", -1)),
                graph.constant("table.first", Shape.of(), 0),
                graph.constant(table.name() + ".last", Shape.of(), table.rows() - 1)));
    ParameterBlock block = layout.block(table.parameter());
    Value rows =
        graph.constant(
            table.parameter(),
            new Shape(block.shape().stream().map(Integer::longValue).toList()),
            () -> Arrays.copyOfRange(parameters, block.offset(), block.offset() + block.size()));
    return graph.apply(Operator.GATHER, rows, row);
  }

  /**
   * Returns the row of one state.
   *
   * @param features [F]
   * @return [1, W]
   */
  Value applyToRow(GraphBuilder graph, float[] features) {
    float[] weights = table.weights();
    float number = 0;
    for (int i = 0; i < weights.length; i++) {
      number += features[i] * weights[i];
    }
    ParameterBlock block = layout.block(table.parameter());
    int width = block.shape().get(1);
    int first = block.offset() + ((int) number) * width;
    return graph.constant(
        table.name() + ".row",
        Shape.of(1, width),
        Arrays.copyOfRange(parameters, first, first + width));
  }
}
