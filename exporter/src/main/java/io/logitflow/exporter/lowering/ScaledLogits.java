package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Logits as the softmax reads them: Σ_k scale_k(β) · g_k(s), then clamped if the form clamps.
 *
 * @param scale [B, K], or [B, A] if there is one head; null if every scale is 1
 * @param heads K
 * @param actionCount A
 * @param clamp the bound, if there is one
 */
record ScaledLogits(@Nullable Value scale, int heads, int actionCount, OptionalDouble clamp) {
  /**
   * Scales logits of states.
   *
   * @param logits [B, K·A]
   * @return [B, A]
   */
  Value ofStates(GraphBuilder graph, Value logits) {
    if (heads == 1) {
      return clamped(graph, scale == null ? logits : graph.apply(Operator.MUL, logits, scale));
    }
    Value byHead =
        graph.apply(
            Operator.RESHAPE,
            logits,
            graph.integers("headsBy" + actionCount, -1, heads, actionCount));
    if (scale != null) {
      Value scaleByHead =
          graph.apply(Operator.RESHAPE, scale, graph.integers("headsByOne", -1, heads, 1));
      byHead = graph.apply(Operator.MUL, byHead, scaleByHead);
    }
    return clamped(
        graph,
        graph.apply(
            Operator.REDUCE_SUM,
            Map.of("keepdims", new Attribute.Whole(0)),
            byHead,
            graph.integers("columns", 1)));
  }

  /**
   * Scales logits of a state that is the same in every row.
   *
   * @param logits [1, K·A]
   * @param valid the n actions that are valid there
   * @return [B, n], or [1, n] without a scale
   */
  Value ofOneState(GraphBuilder graph, Value logits, ActionRange valid) {
    if (scale == null) {
      return valid.select(graph, ofStates(graph, logits));
    }
    Value byHead =
        graph.apply(Operator.RESHAPE, logits, graph.integers("rootHeads", heads, actionCount));
    Value allowed =
        graph.apply(
            Operator.SLICE,
            byHead,
            graph.integers("rootFirst", valid.first()),
            graph.integers("rootEnd", valid.first() + valid.count()),
            graph.integers("columns", 1));
    return clamped(graph, graph.apply(Operator.MATMUL, scale, allowed));
  }

  /**
   * Scales logits of states of several steps.
   *
   * @param logits [n, B, K·A]
   * @param steps n
   * @return [n, B, A]
   */
  Value ofSteps(GraphBuilder graph, Value logits, long steps) {
    Value byHead =
        graph.apply(
            Operator.RESHAPE,
            logits,
            graph.integers("steps.headsBy" + actionCount, steps, -1, heads, actionCount));
    if (scale != null) {
      Value scaleByHead =
          graph.apply(
              Operator.RESHAPE,
              scale,
              graph.integers("steps.heads", 1, -1, heads, heads == 1 ? actionCount : 1));
      byHead = graph.apply(Operator.MUL, byHead, scaleByHead);
    }
    return clamped(
        graph,
        graph.apply(
            Operator.REDUCE_SUM,
            Map.of("keepdims", new Attribute.Whole(0)),
            byHead,
            graph.integers("heads.axis", 2)));
  }

  /**
   * Brings the scales of G inverse temperatures to B trajectories. That of a single head is
   * repeated for all actions before: a product of equal shapes costs a third of one that broadcasts
   * columns.
   */
  ScaledLogits ofRows(GraphBuilder graph, BetaRows rows) {
    if (scale == null) {
      return this;
    }
    Value factors = heads == 1 ? perAction(graph, scale) : scale;
    return new ScaledLogits(rows.gather(graph, factors), heads, actionCount, clamp);
  }

  private Value perAction(GraphBuilder graph, Value column) {
    float[] ones = new float[actionCount];
    Arrays.fill(ones, 1);
    Value row = graph.constant("perAction" + actionCount, Shape.of(1, actionCount), ones);
    return graph.apply(Operator.MATMUL, column, row);
  }

  /** Clamps scaled logits, if there is a bound. */
  Value clamped(GraphBuilder graph, Value scaled) {
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
