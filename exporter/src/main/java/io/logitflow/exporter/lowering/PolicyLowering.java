package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.ElementType;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Operator;
import io.logitflow.exporter.graph.Shape;
import io.logitflow.exporter.graph.Value;
import io.logitflow.trainer.config.PolicyConfig.ScaleForm;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.Mlp;

/**
 * A trained temperature-conditional GFlowNet as three graphs of its own, and as nodes of the
 * rollout. N is the batch, F the width of the features, K the heads, A the actions.
 */
public final class PolicyLowering {
  private final GFlowNet network;
  private final Environment environment;
  private final float[] parameters;
  private final GraphOrigin origin;

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
    this.network = network;
    this.environment = environment;
    this.parameters = parameters.clone();
    this.origin = origin;
  }

  /** Returns features [N, F] → forward_logits [N, K, A], unscaled. */
  public OnnxGraph policy() {
    GraphBuilder graph = new GraphBuilder("policy", "N");
    Value features =
        graph.input("features", ElementType.FLOAT32, Shape.BATCH, environment.featureCount());
    Value shape = graph.integers("headsByActions", -1, network.heads(), environment.actionCount());
    graph.output(
        "forward_logits", graph.apply(Operator.RESHAPE, forwardLogits(graph, features), shape));
    return origin.finish(graph);
  }

  /** Returns beta [N, 1] → forward_scale [N, K]. */
  public OnnxGraph scale() {
    GraphBuilder graph = new GraphBuilder("scale", "N");
    Value beta = graph.input("beta", ElementType.FLOAT32, Shape.BATCH, 1);
    graph.output("forward_scale", forwardScale(graph, beta));
    return origin.finish(graph);
  }

  /** Returns beta [N, 1] → log_partition [N, 1], the natural logarithm of Z(β). */
  public OnnxGraph logPartition() {
    GraphBuilder graph = new GraphBuilder("log_partition", "N");
    Value beta = graph.input("beta", ElementType.FLOAT32, Shape.BATCH, 1);
    graph.output("log_partition", logPartition(graph, beta));
    return origin.finish(graph);
  }

  GFlowNet network() {
    return network;
  }

  Environment environment() {
    return environment;
  }

  GraphOrigin origin() {
    return origin;
  }

  /** Applies the policy to features [N, f], of which those from f on are zero: [N, K·A]. */
  Value forwardLogits(GraphBuilder graph, Value features) {
    return lower(network.forwardNetwork()).apply(graph, features);
  }

  /** Applies the policy to the root, whose features are zero: [1, K·A]. */
  Value rootLogits(GraphBuilder graph) {
    return lower(network.forwardNetwork()).applyToZero(graph);
  }

  /** Applies the scale to β [N, 1]: [N, K]. */
  Value forwardScale(GraphBuilder graph, Value beta) {
    boolean positive = network.scaleNetwork().form() == ScaleForm.POSITIVE;
    Value scale = positive ? graph.apply(Operator.LOG, beta) : beta;
    for (Mlp part : network.scaleNetwork().networks()) {
      scale = lower(part).apply(graph, scale);
    }
    return positive ? graph.apply(Operator.SOFTPLUS, scale) : scale;
  }

  /** Applies the log partition function to β [N, 1]: [N, 1]. */
  Value logPartition(GraphBuilder graph, Value beta) {
    Value initial =
        graph.constant("log_partition.initial", Shape.of(1), network.logPartition().initial());
    Value learned = lower(network.logPartition().network()).apply(graph, beta);
    return graph.apply(Operator.ADD, learned, initial);
  }

  private MlpLowering lower(Mlp part) {
    return new MlpLowering(part, network.layout(), parameters);
  }
}
