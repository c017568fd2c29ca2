package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;
import java.util.Map;

/**
 * Which of G inverse temperatures each of B trajectories has. What depends on β alone is computed
 * for each once and then brought to the rows: a tile has few of them.
 *
 * @param index [B]
 * @param batch [1], B, the shape that one number a row has
 */
record BetaRows(Value index, Value batch) {
  private static final Map<String, Attribute> FIRST_AXIS = Map.of("axis", new Attribute.Whole(0));

  /**
   * Returns the rows of an index.
   *
   * @param index [B]
   */
  static BetaRows of(GraphBuilder graph, Value index) {
    return new BetaRows(index, graph.apply(Operator.SHAPE, index));
  }

  /**
   * Brings rows of inverse temperatures to trajectories. Single numbers by element: ONNX Runtime
   * copies a row of one number as it does a long one.
   *
   * @param byBeta [G] or [G, ...]
   * @return [B] or [B, ...]
   */
  Value gather(GraphBuilder graph, Value byBeta) {
    return byBeta.shape().rank() == 1
        ? graph.apply(Operator.GATHER_ELEMENTS, FIRST_AXIS, byBeta, index)
        : graph.apply(Operator.GATHER, byBeta, index);
  }

  /**
   * The same, or a row that is the same at every β to all trajectories.
   *
   * @param logits [G, n] or [1, n]
   * @return [B, n]
   */
  Value spread(GraphBuilder graph, Value logits) {
    if (logits.shape().size(0) != 1) {
      return gather(graph, logits);
    }
    Value zero =
        graph.constant(
            "firstRow", new TensorType(ElementType.INT32, Shape.of(1)), TabulatedSteps.bytes(0));
    Value first = graph.apply(Operator.EXPAND, zero, batch);
    return graph.apply(Operator.GATHER, logits, first);
  }
}
