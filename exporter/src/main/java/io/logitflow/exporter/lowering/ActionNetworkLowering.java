package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.config.ConditioningConfig.Thermometer;
import io.logitflow.trainer.policy.ActionNetwork;
import io.logitflow.trainer.policy.BetaBasis;
import io.logitflow.trainer.policy.BetaEncoding;
import io.logitflow.trainer.policy.Mlp;
import io.logitflow.trainer.policy.ParameterLayout;
import io.logitflow.trainer.policy.ScaleNetwork;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The networks of one direction, P_F or P_B, as nodes of a graph. Where β enters by the layers, its
 * part of the first layer is computed once for each trajectory and not at every step.
 *
 * @param network the networks
 * @param layout where their parameters stand
 * @param parameters the flat vector of all parameters
 * @param reduction of the products between hidden layers, in all states but a single one; null for
 *     none
 */
record ActionNetworkLowering(
    ActionNetwork network,
    ParameterLayout layout,
    float[] parameters,
    @Nullable Reduction reduction) {
  /** Returns these networks with nothing reduced. */
  ActionNetworkLowering full() {
    return new ActionNetworkLowering(network, layout, parameters, null);
  }

  /** Returns whether logits depend on β before they are scaled. */
  boolean readsBeta() {
    return network.encoding().isPresent();
  }

  /**
   * Computes what β adds to the first layer, biases included.
   *
   * @param beta [N, 1]
   * @return [N, width of the first layer]; null if nothing
   */
  @Nullable Value addend(GraphBuilder graph, Value beta) {
    return network
        .encoding()
        .map(encoding -> lower(mlp()).addend(graph, encode(graph, encoding, beta)))
        .map(addend -> reduction == null ? addend : lower(mlp()).onGrid(graph, addend))
        .orElse(null);
  }

  /**
   * Computes unscaled logits.
   *
   * @param features [N, f], of which those from f on are zero
   * @param addend what {@link #addend} gave
   * @return [N, K·A]
   */
  Value logits(GraphBuilder graph, Value features, @Nullable Value addend) {
    Value learned =
        network
            .network()
            .map(
                mlp -> {
                  Value others =
                      withWindows(graph, mlp, addend, windows -> windows.apply(graph, features));
                  return reduced(mlp).apply(graph, features, others);
                })
            .orElse(null);
    Value looked = table().map(table -> table.apply(graph, features)).orElse(null);
    return sum(graph, learned, looked);
  }

  /**
   * Returns the layers, if logits come from these alone: then features may be added to the first
   * layer one after another.
   */
  Optional<MlpLowering> layersAlone() {
    return network
        .network()
        .filter(mlp -> network.windows().isEmpty() && network.table().isEmpty())
        .map(this::reduced);
  }

  /**
   * Computes the inputs of the products between hidden layers.
   *
   * @param features [N, F]
   * @param addend what {@link #addend} gave
   * @return [N, width of the layer] of each
   */
  List<Value> hiddenInputs(GraphBuilder graph, Value features, @Nullable Value addend) {
    MlpLowering layers = lower(mlp());
    Value others = withWindows(graph, mlp(), addend, windows -> windows.apply(graph, features));
    return layers.hiddenInputs(graph, layers.firstLayer(graph, features, others));
  }

  /**
   * Computes the unscaled logits of one state.
   *
   * @param features [F]
   * @param addend what {@link #addend} gave
   * @return [N, K·A], of one row without an addend
   */
  Value logitsOf(GraphBuilder graph, float[] features, @Nullable Value addend) {
    Value learned =
        network
            .network()
            .map(
                mlp -> {
                  Value others =
                      withWindows(
                          graph, mlp, addend, windows -> windows.applyToRow(graph, features));
                  return lower(mlp).applyToRow(graph, features, others);
                })
            .orElse(null);
    Value looked = table().map(table -> table.applyToRow(graph, features)).orElse(null);
    return sum(graph, learned, looked);
  }

  /**
   * Computes the scales of the heads, where there are any.
   *
   * @param beta [N, 1]
   * @return [N, K]
   */
  Optional<Value> scale(GraphBuilder graph, Value beta) {
    return network.scale().map(scale -> scale(graph, scale, beta));
  }

  private Value scale(GraphBuilder graph, ScaleNetwork scale, Value beta) {
    if (scale.basis().isPresent()) {
      return fixed(graph, scale.basis().get(), beta);
    }
    boolean positive = scale.form() == ScaleForm.POSITIVE;
    Value value = positive ? graph.apply(Operator.LOG, beta) : beta;
    for (Mlp part : scale.networks()) {
      value = lower(part).apply(graph, value);
    }
    return positive ? graph.apply(Operator.SOFTPLUS, value) : value;
  }

  /** Adds what windows add to the first layer to what else is added, biases included. */
  private @Nullable Value withWindows(
      GraphBuilder graph,
      Mlp mlp,
      @Nullable Value addend,
      Function<WindowEmbeddingLowering, Value> sum) {
    if (network.windows().isEmpty()) {
      return addend;
    }
    Value ofWindows =
        sum.apply(new WindowEmbeddingLowering(network.windows().get(), layout, parameters));
    Value others = addend == null ? lower(mlp).bias(graph) : addend;
    return graph.apply(Operator.ADD, ofWindows, others);
  }

  private static Value fixed(GraphBuilder graph, BetaBasis basis, Value beta) {
    Shape row = Shape.of(1, basis.ofOne().length);
    Value slopes = graph.constant("scale.slopes", row, basis.ofBeta());
    Value offsets = graph.constant("scale.offsets", row, basis.ofOne());
    Value affine = graph.apply(Operator.ADD, graph.apply(Operator.MUL, beta, slopes), offsets);
    if (!basis.readsLogarithm()) {
      return affine;
    }
    Value bends = graph.constant("scale.bends", row, basis.ofLogBeta());
    return graph.apply(
        Operator.ADD, affine, graph.apply(Operator.MUL, graph.apply(Operator.LOG, beta), bends));
  }

  private Value encode(GraphBuilder graph, BetaEncoding encoding, Value beta) {
    if (encoding.config() instanceof Thermometer thermometer) {
      Value starts =
          graph.constant(
              "thermometer.starts",
              Shape.of(1, encoding.width()),
              BetaEncoding.binStarts(thermometer));
      Value width =
          graph.constant("thermometer.width", Shape.of(), BetaEncoding.binWidth(thermometer));
      Value filled = graph.apply(Operator.DIV, graph.apply(Operator.SUB, beta, starts), width);
      return graph.apply(
          Operator.CLIP,
          filled,
          graph.constant("thermometer.empty", Shape.of(), 0),
          graph.constant("thermometer.full", Shape.of(), 1));
    }
    Value value = beta;
    for (Mlp part : encoding.networks()) {
      value = lower(part).apply(graph, value);
    }
    return value;
  }

  /** Returns the sum of the parts that are there, one at least. */
  private static Value sum(GraphBuilder graph, @Nullable Value learned, @Nullable Value looked) {
    if (learned == null) {
      return Objects.requireNonNull(looked);
    }
    return looked == null ? learned : graph.apply(Operator.ADD, learned, looked);
  }

  private Optional<StateTableLowering> table() {
    return network.table().map(table -> new StateTableLowering(table, layout, parameters));
  }

  /** Returns the MLP, which there is wherever β enters by the layers or products are reduced. */
  private Mlp mlp() {
    return network.network().orElseThrow();
  }

  private MlpLowering reduced(Mlp part) {
    return new MlpLowering(part, layout, parameters, reduction);
  }

  private MlpLowering lower(Mlp part) {
    return new MlpLowering(part, layout, parameters);
  }
}
