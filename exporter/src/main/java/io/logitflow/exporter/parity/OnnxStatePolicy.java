package io.logitflow.exporter.parity;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.v1.Conditioning;
import io.logitflow.v1.Graph.Role;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
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
   * @throws InvalidInputException if a file is no graph that ONNX Runtime loads, or another one
   *     than the manifest declares
   */
  public OnnxStatePolicy(Bundle bundle, Environment environment) {
    this.environment = environment;
    this.conditioning = bundle.manifest().getConditioning();
    this.policy = GraphSession.open(bundle, Role.POLICY);
    this.scale = GraphSession.open(bundle, Role.SCALE);
    this.logPartition = GraphSession.open(bundle, Role.LOG_PARTITION);
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
