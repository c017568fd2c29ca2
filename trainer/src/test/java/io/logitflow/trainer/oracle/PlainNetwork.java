package io.logitflow.trainer.oracle;

import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.LogPartition;
import io.logitflow.trainer.policy.Mlp;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.ScaleNetwork;
import io.logitflow.trainer.policy.StatePolicy;
import java.nio.FloatBuffer;
import java.util.OptionalDouble;

/** The networks in plain double arithmetic, without the engine: loops over weights. */
public final class PlainNetwork implements StatePolicy {
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

  @Override
  public int heads() {
    return network.heads();
  }

  @Override
  public float[] forwardLogits(StateBatch states, float[] betas) {
    double[] logits = logits(states);
    float[] floats = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      floats[i] = (float) logits[i];
    }
    return floats;
  }

  /** Computes unscaled logits, [N, A]. */
  public double[] logits(StateBatch states) {
    int width = environment.featureCount();
    FloatBuffer features = FloatBuffer.allocate(states.rows() * width);
    environment.writeFeatures(states, features);
    int actions = network.forward().actionCount();
    double[] logits = new double[states.rows() * actions];
    for (int row = 0; row < states.rows(); row++) {
      double[] input = new double[width];
      for (int i = 0; i < width; i++) {
        input[i] = features.get(row * width + i);
      }
      System.arraycopy(
          apply(network.forward().network(), input), 0, logits, row * actions, actions);
    }
    return logits;
  }

  /** Computes the scale of the one head. */
  public double scale(double beta) {
    ScaleNetwork scale = network.forward().scale().orElseThrow();
    boolean positive = scale.form() == ScaleForm.POSITIVE;
    double[] value = {positive ? Math.log(beta) : beta};
    for (Mlp part : scale.networks()) {
      value = apply(part, value);
    }
    return positive ? Math.log1p(Math.exp(value[0])) : value[0];
  }

  /** Computes log Z. */
  public double logPartition(double beta) {
    LogPartition logPartition = network.logPartition().orElseThrow();
    return apply(logPartition.network(), new double[] {beta})[0] + logPartition.initial();
  }

  @Override
  public float[] forwardScale(float[] betas) {
    float[] scales = new float[betas.length];
    for (int i = 0; i < betas.length; i++) {
      scales[i] = (float) scale(betas[i]);
    }
    return scales;
  }

  @Override
  public boolean learnsBackward() {
    return false;
  }

  @Override
  public float[] backwardLogits(StateBatch states, float[] betas) {
    throw new UnsupportedOperationException("P_B is uniform");
  }

  @Override
  public float[] backwardScale(float[] betas) {
    throw new UnsupportedOperationException("P_B is uniform");
  }

  @Override
  public float[] logPartition(float[] betas) {
    float[] values = new float[betas.length];
    for (int i = 0; i < betas.length; i++) {
      values[i] = (float) logPartition(betas[i]);
    }
    return values;
  }

  @Override
  public OptionalDouble logitClamp() {
    return network.logitClamp();
  }

  private double[] apply(Mlp mlp, double[] input) {
    double[] activation = input;
    for (int layer = 0; layer < mlp.layers(); layer++) {
      ParameterBlock weight = network.layout().block(mlp.weight(layer));
      ParameterBlock bias = network.layout().block(mlp.bias(layer));
      double[] out = new double[bias.size()];
      for (int j = 0; j < out.length; j++) {
        double sum = parameters[bias.offset() + j];
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
