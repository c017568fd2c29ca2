package io.logitflow.trainer.oracle;

import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.config.ConditioningConfig.Thermometer;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.ActionNetwork;
import io.logitflow.trainer.policy.BetaBasis;
import io.logitflow.trainer.policy.BetaEncoding;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.LogPartition;
import io.logitflow.trainer.policy.Mlp;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.ScaleNetwork;
import io.logitflow.trainer.policy.StateFlow;
import io.logitflow.trainer.policy.StateTable;
import io.logitflow.trainer.policy.WindowEmbedding;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The networks in plain double arithmetic, without the engine: loops over weights. */
public final class PlainNetwork {
  private final GFlowNet network;
  private final Environment environment;
  private final double[] parameters;

  /**
   * Takes parameters.
   *
   * @param network declares the networks
   * @param environment writes features
   * @param parameters [P]
   */
  public PlainNetwork(GFlowNet network, Environment environment, double[] parameters) {
    this.network = network;
    this.environment = environment;
    this.parameters = parameters;
  }

  /**
   * Takes parameters as the engine has them.
   *
   * @param network declares the networks
   * @param environment writes features
   * @param parameters [P]
   */
  public static PlainNetwork of(GFlowNet network, Environment environment, float[] parameters) {
    return new PlainNetwork(
        network,
        environment,
        IntStream.range(0, parameters.length).mapToDouble(i -> parameters[i]).toArray());
  }

  /** Computes unscaled logits of P_F of one state, [K·A]. */
  public double[] forwardLogits(StateBatch state, float beta) {
    return logits(network.forward(), state, beta);
  }

  /** Computes unscaled logits of a learned P_B of one state, [K·C]. */
  public double[] backwardLogits(StateBatch state, float beta) {
    return logits(network.backward().orElseThrow(), state, beta);
  }

  /** Computes the scales of P_F, [K]. */
  public double[] forwardScale(float beta) {
    return scale(network.forward(), beta);
  }

  /** Computes the scales of a learned P_B, [K]. */
  public double[] backwardScale(float beta) {
    return scale(network.backward().orElseThrow(), beta);
  }

  /** Computes log P_F of an action of one state. */
  public double logForward(StateBatch state, int action, float beta) {
    boolean[] mask = new boolean[environment.actionCount()];
    environment.forwardMask(state, mask);
    return logSoftmax(forwardLogits(state, beta), forwardScale(beta), mask, action);
  }

  /** Computes log P_B of a backward action of one state, be it learned or uniform. */
  public double logBackward(StateBatch state, int action, float beta) {
    boolean[] mask = new boolean[environment.backwardActionCount()];
    environment.backwardMask(state, mask);
    return network.backward().isPresent()
        ? logSoftmax(backwardLogits(state, beta), backwardScale(beta), mask, action)
        : logSoftmax(new double[mask.length], new double[] {1}, mask, action);
  }

  /** Computes log Z, of the root's flow where states have flows. */
  public double logPartition(float beta) {
    if (network.stateFlow().isPresent()) {
      return logStateFlow(environment.roots(1), beta);
    }
    LogPartition logPartition = network.logPartition().orElseThrow();
    return apply(logPartition.network(), new double[] {beta})[0] + logPartition.initial();
  }

  /** Computes log F of one state that is not terminal. */
  public double logStateFlow(StateBatch state, float beta) {
    StateFlow flow = network.stateFlow().orElseThrow();
    return apply(flow.network(), joined(features(state), new double[] {beta}))[0] + flow.initial();
  }

  private double logSoftmax(double[] logits, double[] scales, boolean[] mask, int action) {
    double clamp = network.logitClamp().orElse(Double.POSITIVE_INFINITY);
    double total = 0;
    double[] scaled = new double[mask.length];
    for (int i = 0; i < mask.length; i++) {
      double sum = 0;
      for (int head = 0; head < scales.length; head++) {
        sum += scales[head] * logits[head * mask.length + i];
      }
      scaled[i] = Math.max(-clamp, Math.min(clamp, sum));
      total += mask[i] ? Math.exp(scaled[i]) : 0;
    }
    return mask[action] ? scaled[action] - Math.log(total) : Double.NEGATIVE_INFINITY;
  }

  private double[] logits(ActionNetwork direction, StateBatch state, float beta) {
    double[] encoded =
        direction.encoding().map(encoding -> encode(encoding, beta)).orElse(new double[0]);
    double[] features = features(state);
    double[] logits = new double[direction.heads() * direction.actionCount()];
    double[] ofWindows =
        direction.windows().map(windows -> sum(windows, features)).orElse(new double[0]);
    direction
        .network()
        .ifPresent(mlp -> add(logits, apply(mlp, joined(features, encoded), ofWindows)));
    direction.table().ifPresent(table -> add(logits, row(table, features)));
    return logits;
  }

  private static void add(double[] sum, double[] summand) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += summand[i];
    }
  }

  /** Sums up, over windows, the rows that their contents are numbered by. */
  private double[] sum(WindowEmbedding windows, double[] features) {
    double[] sum = new double[windows.width()];
    for (int window = 0; window < windows.windows(); window++) {
      double number = 0;
      for (int i = 0; i < features.length; i++) {
        number += features[i] * windows.weights()[i * windows.windows() + window];
      }
      ParameterBlock block = network.layout().block(windows.parameter(window));
      for (int i = 0; i < sum.length; i++) {
        sum[i] += parameters[block.offset() + ((int) number) * sum.length + i];
      }
    }
    return sum;
  }

  private double[] row(StateTable table, double[] features) {
    double number = 0;
    for (int i = 0; i < features.length; i++) {
      number += features[i] * table.weights()[i];
    }
    ParameterBlock block = network.layout().block(table.parameter());
    int width = block.shape().get(1);
    int first = block.offset() + Math.min((int) number, table.rows() - 1) * width;
    return Arrays.copyOfRange(parameters, first, first + width);
  }

  private double[] encode(BetaEncoding encoding, double beta) {
    if (encoding.config() instanceof Thermometer bins) {
      double width = ((double) bins.high() - bins.low()) / bins.bins();
      return IntStream.range(0, bins.bins())
          .mapToDouble(bin -> (beta - bins.low() - bin * width) / width)
          .map(filled -> Math.max(0, Math.min(1, filled)))
          .toArray();
    }
    return apply(encoding.networks().get(0), new double[] {beta});
  }

  private double[] scale(ActionNetwork direction, double beta) {
    if (direction.scale().isEmpty()) {
      return new double[] {1};
    }
    ScaleNetwork scale = direction.scale().orElseThrow();
    if (scale.basis().isPresent()) {
      BetaBasis basis = scale.basis().get();
      return IntStream.range(0, direction.heads())
          .mapToDouble(
              head ->
                  basis.ofBeta()[head] * beta
                      + basis.ofOne()[head]
                      + basis.ofLogBeta()[head] * Math.log(beta))
          .toArray();
    }
    boolean positive = scale.form() == ScaleForm.POSITIVE;
    double[] value = {positive ? Math.log(beta) : beta};
    for (Mlp part : scale.networks()) {
      value = apply(part, value);
    }
    return positive
        ? DoubleStream.of(value).map(output -> Math.log1p(Math.exp(output))).toArray()
        : value;
  }

  private double[] features(StateBatch state) {
    FloatBuffer features = FloatBuffer.allocate(environment.featureCount());
    environment.writeFeatures(state, features);
    return IntStream.range(0, features.capacity()).mapToDouble(features::get).toArray();
  }

  private static double[] joined(double[] front, double[] behind) {
    return DoubleStream.concat(DoubleStream.of(front), DoubleStream.of(behind)).toArray();
  }

  private double[] apply(Mlp mlp, double[] input) {
    return apply(mlp, input, new double[0]);
  }

  /** Applies an MLP; its first layer has an addend, empty if none. */
  private double[] apply(Mlp mlp, double[] input, double[] addend) {
    double[] activation = input;
    for (int layer = 0; layer < mlp.layers(); layer++) {
      ParameterBlock weight = network.layout().block(mlp.weight(layer));
      ParameterBlock bias = network.layout().block(mlp.bias(layer));
      double[] out = new double[bias.size()];
      for (int j = 0; j < out.length; j++) {
        double sum = parameters[bias.offset() + j];
        sum += layer == 0 && addend.length > 0 ? addend[j] : 0;
        for (int i = 0; i < activation.length; i++) {
          sum += activation[i] * parameters[weight.offset() + i * out.length + j];
        }
        out[j] = layer < mlp.layers() - 1 && sum < 0 ? 0.01 * sum : sum;
      }
      activation = out;
    }
    return activation;
  }
}
