package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The scaled logits of one direction at the β of each of B trajectories; what depends on β alone is
 * computed once for all steps.
 */
final class ConditionedLogits {
  private final ActionNetworkLowering networks;
  private final Value beta;
  private final @Nullable Value addend;
  private final ScaledLogits scaled;

  private ConditionedLogits(
      ActionNetworkLowering networks, Value beta, @Nullable Value addend, ScaledLogits scaled) {
    this.networks = networks;
    this.beta = beta;
    this.addend = addend;
    this.scaled = scaled;
  }

  /**
   * Computes what depends on β.
   *
   * @param networks of the direction
   * @param heads K
   * @param clamp bound of the scaled logits, if there is one
   * @param beta [B, 1]
   */
  static ConditionedLogits at(
      GraphBuilder graph,
      ActionNetworkLowering networks,
      int heads,
      OptionalDouble clamp,
      Value beta) {
    Value addend = networks.addend(graph, beta);
    Value scale = networks.scale(graph, beta).orElse(null);
    int actions = networks.network().actionCount();
    return new ConditionedLogits(
        networks, beta, addend, new ScaledLogits(scale, heads, actions, clamp));
  }

  /**
   * Returns the scaled logits of one state in every row; constants are left to the runtime to fold.
   *
   * @param features [F] of the state
   * @param valid the n actions that are valid there
   * @return [B, n]
   */
  Value ofOneState(GraphBuilder graph, float[] features, ActionRange valid) {
    Value logits = networks.logitsOf(graph, features, addend);
    if (addend != null) {
      return valid.select(graph, scaled.ofStates(graph, logits));
    }
    Value one = scaled.ofOneState(graph, logits, valid);
    return scaled.scale() == null
        ? graph.apply(Operator.EXPAND, one, graph.apply(Operator.SHAPE, beta))
        : one;
  }

  /**
   * Returns the scaled logits of states.
   *
   * @param features [B, f]
   * @param valid n actions, those that are valid in some row
   * @return [B, n]
   */
  Value ofStates(GraphBuilder graph, Value features, ActionRange valid) {
    Value logits = networks.logits(graph, features, addend);
    return valid.select(graph, scaled.ofStates(graph, logits));
  }
}
