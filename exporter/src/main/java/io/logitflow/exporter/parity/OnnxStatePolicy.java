package io.logitflow.exporter.parity;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.v1.Conditioning;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.TensorSignature;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A bundle's policy, scale and log-partition graphs as the plain functions that the trainer's
 * algorithms take. Not thread-safe.
 */
public final class OnnxStatePolicy implements StatePolicy, AutoCloseable {
  private final Environment environment;
  private final Conditioning conditioning;
  private final GraphSession policy;
  private final GraphSession scale;
  private final GraphSession logPartition;

  /**
   * Loads the graphs.
   *
   * @param bundle an opened bundle
   * @param environment the one that the model acts in
   * @throws InvalidInputException if a file is no graph that ONNX Runtime loads, or its inputs and
   *     outputs are not those of its role in this environment
   */
  public OnnxStatePolicy(Bundle bundle, Environment environment) {
    this.environment = environment;
    this.conditioning = bundle.manifest().getConditioning();
    List<GraphSession> opened = new ArrayList<>();
    try {
      this.policy =
          open(
              opened,
              bundle.path(Role.POLICY),
              BundleFormat.policyInputs(environment.featureCount()),
              BundleFormat.policyOutputs(heads(), environment.actionCount()));
      this.scale =
          open(
              opened,
              bundle.path(Role.SCALE),
              BundleFormat.scaleInputs(),
              BundleFormat.scaleOutputs(heads()));
      this.logPartition =
          open(
              opened,
              bundle.path(Role.LOG_PARTITION),
              BundleFormat.logPartitionInputs(),
              BundleFormat.logPartitionOutputs());
    } catch (RuntimeException e) {
      opened.forEach(GraphSession::close);
      throw e;
    }
  }

  private static GraphSession open(
      List<GraphSession> opened,
      Path file,
      List<TensorSignature> inputs,
      List<TensorSignature> outputs) {
    GraphSession session = GraphSession.open(file, inputs.get(0), outputs.get(0));
    opened.add(session);
    return session;
  }

  @Override
  public int heads() {
    return conditioning.getHeads();
  }

  @Override
  public float[] forwardLogits(StateBatch states) {
    FloatBuffer features = floats(Math.multiplyExact(states.rows(), environment.featureCount()));
    environment.writeFeatures(states, features);
    return policy.run(features.rewind(), states.rows());
  }

  @Override
  public float[] forwardScale(float[] betas) {
    return scale.run(floats(betas.length).put(betas).rewind(), betas.length);
  }

  @Override
  public float[] logPartition(float[] betas) {
    return logPartition.run(floats(betas.length).put(betas).rewind(), betas.length);
  }

  @Override
  public OptionalDouble logitClamp() {
    return conditioning.hasLogitClamp()
        ? OptionalDouble.of(conditioning.getLogitClamp())
        : OptionalDouble.empty();
  }

  private static FloatBuffer floats(int size) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(size, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** Frees the sessions. */
  @Override
  public void close() {
    policy.close();
    scale.close();
    logPartition.close();
  }
}
