package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.LogPartition;
import io.logitflow.trainer.policy.Mlp;
import io.logitflow.trainer.policy.StateFlow;
import java.nio.FloatBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A trained temperature-conditional GFlowNet as graphs of its own, and as nodes of the rollout. N
 * is the batch, F the width of the features, K the heads, A the forward and C the backward actions.
 */
public final class PolicyLowering {
  private final GFlowNet network;
  private final Environment environment;
  private final float[] parameters;
  private final GraphOrigin origin;
  private final float[] rootFeatures;
  private final @Nullable Reduction reduction;

  /**
   * Creates the lowering of a trained network.
   *
   * @param network its form
   * @param environment what it builds objects in
   * @param parameters the flat vector of its parameters
   * @param origin what is written into each graph about where it comes from
   */
  public PolicyLowering(
      GFlowNet network, Environment environment, float[] parameters, GraphOrigin origin) {
    this(network, environment, parameters.clone(), origin, null);
  }

  private PolicyLowering(
      GFlowNet network,
      Environment environment,
      float[] parameters,
      GraphOrigin origin,
      @Nullable Reduction reduction) {
    this.network = network;
    this.environment = environment;
    this.parameters = parameters;
    this.origin = origin;
    this.rootFeatures = new float[environment.featureCount()];
    environment.writeFeatures(environment.roots(1), FloatBuffer.wrap(rootFeatures));
    this.reduction = reduction;
  }

  /**
   * Returns the lowering of the same networks with products of P_F reduced: in rollout and decoding
   * from {@link Reduction#firstStep} on, in the policy's own graph in every state.
   *
   * @param reduction how
   */
  public PolicyLowering reduced(Reduction reduction) {
    return new PolicyLowering(network, environment, parameters, origin, reduction);
  }

  /**
   * Returns features [N, F], and beta [N, 1] where it enters by the layers → forward_logits [N, K,
   * A], and backward_logits [N, K, C] where P_B is learned; unscaled.
   */
  public OnnxGraph policy() {
    GraphBuilder graph = new GraphBuilder("policy", "N");
    Value features =
        graph.input(
            BundleFormat.FEATURES, ElementType.FLOAT32, Shape.BATCH, environment.featureCount());
    ActionNetworkLowering forward = forward();
    Value beta = forward.readsBeta() ? betaColumn(graph) : null;
    output(graph, BundleFormat.FORWARD_LOGITS, forward, features, beta);
    backward()
        .ifPresent(
            backward -> output(graph, BundleFormat.BACKWARD_LOGITS, backward, features, beta));
    return origin.finish(graph);
  }

  /**
   * Returns features [N, F], and beta [N, 1] where it enters by the layers → hidden1, hidden2 and
   * so on [N, width of the layer], the inputs of the products of P_F that can be reduced, {@link
   * Reduction#products} of them.
   */
  public OnnxGraph hiddenInputs() {
    GraphBuilder graph = new GraphBuilder("hidden_inputs", "N");
    Value features =
        graph.input(
            BundleFormat.FEATURES, ElementType.FLOAT32, Shape.BATCH, environment.featureCount());
    ActionNetworkLowering forward = forward();
    Value addend = forward.readsBeta() ? forward.addend(graph, betaColumn(graph)) : null;
    int layer = 0;
    for (Value input : forward.hiddenInputs(graph, features, addend)) {
      layer++;
      graph.output("hidden" + layer, input);
    }
    return origin.finish(graph);
  }

  private void output(
      GraphBuilder graph,
      String name,
      ActionNetworkLowering networks,
      Value features,
      @Nullable Value beta) {
    int actions = networks.network().actionCount();
    Value shape =
        graph.integers(
            name.equals(BundleFormat.FORWARD_LOGITS) ? "headsByActions" : "headsByBackwardActions",
            -1,
            network.heads(),
            actions);
    Value addend = beta == null ? null : networks.addend(graph, beta);
    Value logits = networks.logits(graph, features, addend);
    graph.output(name, graph.apply(Operator.RESHAPE, logits, shape));
  }

  /**
   * Returns beta [N, 1] → forward_scale [N, K], and backward_scale [N, K] where P_B is learned;
   * empty where logits are not scaled.
   */
  public Optional<OnnxGraph> scale() {
    if (network.forward().scale().isEmpty()) {
      return Optional.empty();
    }
    GraphBuilder graph = new GraphBuilder("scale", "N");
    Value beta = betaColumn(graph);
    forward()
        .scale(graph, beta)
        .ifPresent(scale -> graph.output(BundleFormat.FORWARD_SCALE, scale));
    backward()
        .flatMap(backward -> backward.scale(graph, beta))
        .ifPresent(scale -> graph.output(BundleFormat.BACKWARD_SCALE, scale));
    return Optional.of(origin.finish(graph));
  }

  /**
   * Returns beta [N, 1] → log_partition [N, 1], the natural logarithm of Z(β), which is log F of
   * the root where states have flows.
   */
  public OnnxGraph logPartition() {
    GraphBuilder graph = new GraphBuilder("log_partition", "N");
    graph.output(BundleFormat.LOG_PARTITION, logPartition(graph, betaColumn(graph)));
    return origin.finish(graph);
  }

  private static Value betaColumn(GraphBuilder graph) {
    return graph.input(BundleFormat.BETA, ElementType.FLOAT32, Shape.BATCH, 1);
  }

  GFlowNet network() {
    return network;
  }

  /** Returns what the networks act in. */
  public Environment environment() {
    return environment;
  }

  GraphOrigin origin() {
    return origin;
  }

  /** Returns the first step whose logits are reduced; 1 if none are. */
  int firstReducedStep() {
    return reduction == null ? 1 : reduction.firstStep();
  }

  /** Returns the features of the root, [F]. */
  float[] rootFeatures() {
    return rootFeatures.clone();
  }

  /**
   * Returns P_F at the β of each trajectory.
   *
   * @param beta [B, 1]
   */
  ConditionedLogits forward(GraphBuilder graph, Value beta) {
    return at(graph, forward(), beta);
  }

  /**
   * Returns P_B at the β of each trajectory, where it is learned.
   *
   * @param beta [B, 1]
   */
  Optional<ConditionedLogits> backward(GraphBuilder graph, Value beta) {
    return backward().map(backward -> at(graph, backward, beta));
  }

  /** Applies the log partition function to β [N, 1]: [N, 1]. */
  Value logPartition(GraphBuilder graph, Value beta) {
    Optional<StateFlow> flow = network.stateFlow();
    if (flow.isPresent()) {
      Value initial = graph.constant("state_flow.initial", Shape.of(1), flow.get().initial());
      MlpLowering lowering = lower(flow.get().network());
      Value learned = lowering.applyToRow(graph, rootFeatures, lowering.addend(graph, beta));
      return graph.apply(Operator.ADD, learned, initial);
    }
    LogPartition logPartition = network.logPartition().orElseThrow();
    Value initial = graph.constant("log_partition.initial", Shape.of(1), logPartition.initial());
    Value learned = lower(logPartition.network()).apply(graph, beta);
    return graph.apply(Operator.ADD, learned, initial);
  }

  private ConditionedLogits at(GraphBuilder graph, ActionNetworkLowering networks, Value beta) {
    return ConditionedLogits.at(graph, networks, network.heads(), network.logitClamp(), beta);
  }

  private ActionNetworkLowering forward() {
    return new ActionNetworkLowering(network.forward(), network.layout(), parameters, reduction);
  }

  private Optional<ActionNetworkLowering> backward() {
    return network
        .backward()
        .map(backward -> new ActionNetworkLowering(backward, network.layout(), parameters, null));
  }

  private MlpLowering lower(Mlp part) {
    return new MlpLowering(part, network.layout(), parameters);
  }
}
