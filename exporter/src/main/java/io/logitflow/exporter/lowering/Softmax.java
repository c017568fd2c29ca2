package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A softmax over the valid ones of n actions.
 *
 * @param logProbabilities [B, n] natural logarithms; finite, and far below any other for actions
 *     that are not valid
 * @param probabilities [B, n] from 0 to 1, exactly 0 for actions that are not valid
 */
record Softmax(Value logProbabilities, Value probabilities) {
  /*
   * Under a mask the logits of other actions become the lowest float: finite, so that no product
   * with zero is NaN, and no larger than any valid logit. Less a maximum and a logarithm it stays
   * the lowest float, since these are far smaller than half its last place, 2^103; a policy of
   * larger logits yields NaN, which every reader refuses. What the runtime makes of an exponential
   * that small may be a subnormal instead of zero, hence the product with the mask.
   */

  /**
   * Prepares a softmax.
   *
   * @param scaled [B, n] scaled logits
   * @param mask [B, n] truth values; null if all actions are valid
   */
  static Softmax of(GraphBuilder graph, Value scaled, @Nullable Value mask) {
    Value logarithms = logarithms(graph, scaled, mask);
    Value probabilities = graph.apply(Operator.EXP, logarithms);
    if (mask == null) {
      return new Softmax(logarithms, probabilities);
    }
    Value valid = Columns.toFloat(graph, mask);
    return new Softmax(logarithms, graph.apply(Operator.MUL, probabilities, valid));
  }

  /**
   * Returns log-probabilities alone.
   *
   * @param scaled [B, n] scaled logits
   * @param mask [B, n] truth values; null if all actions are valid
   * @return [B, n] finite, far below any other for actions that are not valid
   */
  static Value logarithms(GraphBuilder graph, Value scaled, @Nullable Value mask) {
    if (mask == null) {
      return logSoftmax(graph, scaled);
    }
    Value lowest = graph.constant("lowest", Shape.of(), -Float.MAX_VALUE);
    return logSoftmax(graph, graph.apply(Operator.WHERE, mask, scaled, lowest));
  }

  private static Value logSoftmax(GraphBuilder graph, Value logits) {
    return graph.apply(Operator.LOG_SOFTMAX, Map.of("axis", new Attribute.Whole(1)), logits);
  }
}
