package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.exporter.lowering.LoweredState.AppendedFeatures;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The scaled logits of one direction at the β of each of B trajectories; what depends on β alone is
 * computed once for all steps.
 */
final class ConditionedLogits {
  private final ActionNetworkLowering networks;
  private final @Nullable Value addend;
  private final ScaledLogits scaled;

  private ConditionedLogits(
      ActionNetworkLowering networks, @Nullable Value addend, ScaledLogits scaled) {
    this.networks = networks;
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
    return new ConditionedLogits(networks, addend, new ScaledLogits(scale, heads, actions, clamp));
  }

  /**
   * Brings what was computed for each of G inverse temperatures to B trajectories.
   *
   * @param rows which of them each has
   */
  ConditionedLogits ofRows(GraphBuilder graph, BetaRows rows) {
    Value ofRows = addend == null ? null : rows.gather(graph, addend);
    return new ConditionedLogits(networks, ofRows, scaled.ofRows(graph, rows));
  }

  /** Returns the same logits with nothing reduced. */
  ConditionedLogits full() {
    return new ConditionedLogits(networks.full(), addend, scaled);
  }

  /**
   * Returns the scaled logits of one state, never reduced; constants are left to the runtime to
   * fold.
   *
   * @param features [F] of the state
   * @param valid the n actions that are valid there
   * @return [B, n]; [1, n] if β does not enter
   */
  Value ofOneState(GraphBuilder graph, float[] features, ActionRange valid) {
    Value logits = networks.logitsOf(graph, features, addend);
    return addend == null
        ? scaled.ofOneState(graph, logits, valid)
        : valid.select(graph, scaled.ofStates(graph, logits));
  }

  /**
   * Returns the scaled logits of states.
   *
   * @param features [B, f]
   * @param valid n actions, those that are valid in some row
   * @return [B, n]
   */
  Value ofStates(GraphBuilder graph, Value features, ActionRange valid) {
    return ofLogits(graph, networks.logits(graph, features, addend), valid);
  }

  /**
   * Returns the scaled logits of states whose unscaled ones are known.
   *
   * @param logits [B, K·A]
   * @param valid n actions, those that are valid in some row
   * @return [B, n]
   */
  Value ofLogits(GraphBuilder graph, Value logits, ActionRange valid) {
    return valid.select(graph, scaled.ofStates(graph, logits));
  }

  /**
   * Computes the first layer of states, before its activation, of networks that are {@link
   * ActionNetworkLowering#layersAlone layers alone}.
   *
   * @param before of the states that the last step led from; null if it is not known
   * @param state the states
   * @param appended what the last step added
   * @return [B, width of the first layer]
   */
  Value firstLayer(
      GraphBuilder graph, @Nullable Value before, LoweredState state, AppendedFeatures appended) {
    MlpLowering layers = networks.layersAlone().orElseThrow();
    return before == null
        ? layers.firstLayer(graph, state.features(graph), addend)
        : layers.extend(graph, before, appended.first(), appended.features());
  }

  /**
   * Computes the first layer of the states that a step inside a loop leads to.
   *
   * @param before [B, width of the first layer] of the states that it leads from
   * @param iteration [1] t - 1, where t steps were taken before
   * @param count how many steps the loop takes
   * @param columns [B, n] what the step appended, behind those of t others as wide
   * @return [B, width of the first layer]
   */
  Value extendFirstLayer(
      GraphBuilder graph, Value before, Value iteration, int count, Value columns) {
    return networks
        .layersAlone()
        .orElseThrow()
        .extendInLoop(graph, before, iteration, count, columns);
  }

  /**
   * Returns the scaled logits of states whose first layer is known.
   *
   * @param firstLayer [B, width of the first layer] before its activation
   * @param valid n actions, those that are valid in some row
   * @return [B, n]
   */
  Value ofFirstLayer(GraphBuilder graph, Value firstLayer, ActionRange valid) {
    return ofLogits(graph, networks.layersAlone().orElseThrow().rest(graph, firstLayer), valid);
  }

  /** Returns how unscaled logits are scaled. */
  ScaledLogits scaling() {
    return scaled;
  }
}
