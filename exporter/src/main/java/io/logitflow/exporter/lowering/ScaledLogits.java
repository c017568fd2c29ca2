package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.Attribute;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Operator;
import io.logitflow.exporter.graph.Shape;
import io.logitflow.exporter.graph.Value;
import io.logitflow.exporter.lowering.EnvironmentLowering.ActionRange;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Logits as the softmax reads them: Σ_k scale_k(β) · g_k(s), then clamped if the form clamps.
 *
 * @param scale [B, K]
 * @param actionCount A
 * @param clamp the bound, if there is one
 */
record ScaledLogits(Value scale, int actionCount, OptionalDouble clamp) {
  /**
   * Scales logits of states that all actions are valid in.
   *
   * @param logits [B, K·A]
   * @return [B, A]
   */
  Value ofStates(GraphBuilder graph, Value logits) {
    int heads = heads();
    if (heads == 1) {
      return clamped(graph, graph.apply(Operator.MUL, logits, scale));
    }
    Value byHead =
        graph.apply(
            Operator.RESHAPE, logits, graph.integers("headsByActions", -1, heads, actionCount));
    Value scaleByHead =
        graph.apply(Operator.RESHAPE, scale, graph.integers("headsByOne", -1, heads, 1));
    Value scaled = graph.apply(Operator.MUL, byHead, scaleByHead);
    return clamped(
        graph,
        graph.apply(
            Operator.REDUCE_SUM,
            Map.of("keepdims", new Attribute.Whole(0)),
            scaled,
            graph.integers("columns", 1)));
  }

  /**
   * Scales the logits of the root, which are the same in every row.
   *
   * @param logits [1, K·A]
   * @param valid the n actions that are valid there
   * @return [B, n]
   */
  Value ofRoot(GraphBuilder graph, Value logits, ActionRange valid) {
    Value byHead =
        graph.apply(Operator.RESHAPE, logits, graph.integers("rootHeads", heads(), actionCount));
    Value allowed =
        graph.apply(
            Operator.SLICE,
            byHead,
            graph.integers("rootFirst", valid.first()),
            graph.integers("rootEnd", valid.first() + valid.count()),
            graph.integers("columns", 1));
    return clamped(graph, graph.apply(Operator.MATMUL, scale, allowed));
  }

  private int heads() {
    return Math.toIntExact(scale.shape().size(1));
  }

  private Value clamped(GraphBuilder graph, Value scaled) {
    if (clamp.isEmpty()) {
      return scaled;
    }
    float bound = (float) clamp.getAsDouble();
    return graph.apply(
        Operator.CLIP,
        scaled,
        graph.constant("clampLow", Shape.of(), -bound),
        graph.constant("clampHigh", Shape.of(), bound));
  }
}
