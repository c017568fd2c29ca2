package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A softmax over the valid ones of n actions, before its division: P(a) is the exponential of a
 * over the row's sum.
 *
 * @param shifted [B, n] scaled logits less the row's largest among the valid ones; finite
 * @param exponentials [B, n] theirs, from 0 to 1, exactly 0 for actions that are not valid
 */
record Softmax(Value shifted, Value exponentials) {
  /*
   * Under a mask the logits of other actions become the lowest float before the maximum is taken:
   * finite, so that no product with zero is NaN, and no larger than any valid logit. Less a maximum
   * it stays the lowest float, since the maximum is far smaller than half its last place, 2^103; a
   * policy of larger logits yields NaN, which every reader refuses. What the runtime makes of an
   * exponential that small may be a subnormal instead of zero, hence the product with the mask.
   */

  /**
   * Prepares a softmax.
   *
   * @param scaled [B, n] scaled logits
   * @param mask [B, n] truth values; null if all actions are valid
   */
  static Softmax of(GraphBuilder graph, Value scaled, @Nullable Value mask) {
    if (mask == null) {
      Value shifted = lessMaximum(graph, scaled);
      return new Softmax(shifted, graph.apply(Operator.EXP, shifted));
    }
    Value lowest = graph.constant("lowest", Shape.of(), -Float.MAX_VALUE);
    Value shifted = lessMaximum(graph, graph.apply(Operator.WHERE, mask, scaled, lowest));
    Value valid =
        graph.apply(
            Operator.CAST, Map.of("to", new Attribute.Whole(ElementType.FLOAT32.code())), mask);
    return new Softmax(
        shifted, graph.apply(Operator.MUL, graph.apply(Operator.EXP, shifted), valid));
  }

  private static Value lessMaximum(GraphBuilder graph, Value logits) {
    Value maximum =
        graph.apply(
            Operator.REDUCE_MAX,
            Map.of("axes", new Attribute.Wholes(List.of(1L)), "keepdims", new Attribute.Whole(1)),
            logits);
    return graph.apply(Operator.SUB, logits, maximum);
  }
}
