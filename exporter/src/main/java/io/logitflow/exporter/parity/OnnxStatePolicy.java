package io.logitflow.exporter.parity;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.bundle.GraphSignatures;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.v1.Conditioning;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.Manifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A bundle's policy, scale and log-partition graphs as the plain functions that the trainer's
 * algorithms take. Not thread-safe.
 */
public final class OnnxStatePolicy implements StatePolicy, AutoCloseable {
  private final Environment environment;
  private final Manifest manifest;
  private final List<GraphSession> opened = new ArrayList<>();
  private final GraphSession policy;
  private final @Nullable GraphSession scale;
  private final GraphSession logPartition;

  /**
   * Loads the graphs.
   *
   * @param bundle an opened bundle
   * @param environment the one that the model acts in
   * @throws InvalidInputException if a file has changed since the bundle was opened, or ONNX
   *     Runtime does not load it
   */
  public OnnxStatePolicy(Bundle bundle, Environment environment) {
    this.environment = environment;
    this.manifest = bundle.manifest();
    try {
      this.policy = open(opened, bundle, Role.POLICY);
      this.scale = scales() ? open(opened, bundle, Role.SCALE) : null;
      this.logPartition = open(opened, bundle, Role.LOG_PARTITION);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static GraphSession open(List<GraphSession> opened, Bundle bundle, Role role) {
    GraphSession session =
        GraphSession.open(
            bundle.path(role),
            bundle.model(role),
            GraphSignatures.inputs(role, bundle.manifest()),
            GraphSignatures.outputs(role, bundle.manifest()));
    opened.add(session);
    return session;
  }

  /** Returns whether there is a graph of scales; else every scale is 1. */
  public boolean scales() {
    return BundleFormat.scalesLogits(manifest);
  }

  @Override
  public int heads() {
    return conditioning().getHeads();
  }

  @Override
  public float[] forwardLogits(StateBatch states, float[] betas) {
    return logits(BundleFormat.FORWARD_LOGITS, states, betas);
  }

  @Override
  public float[] forwardScale(float[] betas) {
    return scale(BundleFormat.FORWARD_SCALE, betas);
  }

  @Override
  public boolean learnsBackward() {
    return BundleFormat.learnsBackward(manifest);
  }

  @Override
  public float[] backwardLogits(StateBatch states, float[] betas) {
    return logits(BundleFormat.BACKWARD_LOGITS, states, betas);
  }

  @Override
  public float[] backwardScale(float[] betas) {
    return scale(BundleFormat.BACKWARD_SCALE, betas);
  }

  @Override
  public float[] logPartition(float[] betas) {
    return logPartition.run(BundleFormat.LOG_PARTITION, betas.length, GraphSession.floats(betas));
  }

  @Override
  public OptionalDouble logitClamp() {
    return conditioning().hasLogitClamp()
        ? OptionalDouble.of(conditioning().getLogitClamp())
        : OptionalDouble.empty();
  }

  private Conditioning conditioning() {
    return manifest.getConditioning();
  }

  private float[] logits(String output, StateBatch states, float[] betas) {
    return policy.runOnStates(output, environment, states, betas);
  }

  private float[] scale(String output, float[] betas) {
    if (scale == null) {
      float[] ones = new float[betas.length * heads()];
      Arrays.fill(ones, 1);
      return ones;
    }
    return scale.run(output, betas.length, GraphSession.floats(betas));
  }

  /** Frees the sessions. */
  @Override
  public void close() {
    opened.forEach(GraphSession::close);
  }
}
