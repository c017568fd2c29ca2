package io.logitflow.exporter.benchmark;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.v1.Graph.Role;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * What one would write without a rollout: {@code policy.onnx} once a step, choice and next state in
 * Java. Inputs and outputs are pinned, the scale is computed once, and nothing is allocated for a
 * step. For one head and a uniform P_B.
 */
final class StepwiseSampler implements AutoCloseable {
  private final Environment environment;
  private final OrtSession policy;
  private final int rows;
  private final float scale;
  private final FloatBuffer features;
  private final FloatBuffer logits;
  private final Map<String, OnnxTensor> inputs;
  private final Map<String, OnnxTensor> outputs;
  private final boolean[] mask;
  private final float[] weights;
  private final int[] actions;
  private final int[] twins;
  private final double[] logForward;

  /**
   * Opens the policy of a bundle.
   *
   * @param bundle the bundle
   * @param environment its environment
   * @param rows B, trajectories at a time
   * @param scale of the logits
   */
  StepwiseSampler(Bundle bundle, Environment environment, int rows, float scale) {
    this.environment = environment;
    this.rows = rows;
    this.scale = scale;
    int featureCount = environment.featureCount();
    int actionCount = environment.actionCount();
    features = floats(rows * featureCount);
    logits = floats(rows * actionCount);
    mask = new boolean[rows * actionCount];
    weights = new float[actionCount];
    actions = new int[rows];
    twins = new int[rows];
    logForward = new double[rows];
    OrtEnvironment runtime = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      policy = runtime.createSession(bundle.path(Role.POLICY).toString(), options);
      inputs =
          Map.of(
              BundleFormat.FEATURES,
              OnnxTensor.createTensor(runtime, features, new long[] {rows, featureCount}));
      outputs =
          Map.of(
              BundleFormat.FORWARD_LOGITS,
              OnnxTensor.createTensor(runtime, logits, new long[] {rows, 1, actionCount}));
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  /**
   * Draws B objects.
   *
   * @param uniforms [B, T]
   * @return terminal states
   */
  StateBatch draw(FloatBuffer uniforms) {
    StateBatch states = environment.roots(rows);
    Arrays.fill(logForward, 0);
    for (int step = 0; step < environment.maximumSteps(); step++) {
      environment.writeFeatures(states, features.rewind());
      features.rewind();
      try {
        policy.run(inputs, outputs).close();
      } catch (OrtException e) {
        throw failed(e);
      }
      environment.forwardMask(states, mask);
      for (int row = 0; row < rows; row++) {
        actions[row] = choose(row, uniforms.get(row * environment.maximumSteps() + step));
      }
      environment.step(states, actions, twins);
    }
    return states;
  }

  /** Returns log P_F of the objects drawn last, [B]. */
  double[] logForward() {
    return logForward;
  }

  private int choose(int row, float uniform) {
    int first = row * weights.length;
    float largest = Float.NEGATIVE_INFINITY;
    for (int action = 0; action < weights.length; action++) {
      if (mask[first + action]) {
        largest = Math.max(largest, scale * logits.get(first + action));
      }
    }
    float total = 0;
    for (int action = 0; action < weights.length; action++) {
      float weight =
          mask[first + action] ? (float) Math.exp(scale * logits.get(first + action) - largest) : 0;
      weights[action] = weight;
      total += weight;
    }
    float threshold = uniform * total;
    float sum = 0;
    int action = -1;
    while (sum <= threshold && action < weights.length - 1) {
      action++;
      sum += weights[action];
    }
    logForward[row] += Math.log(weights[action] / total);
    return action;
  }

  private static FloatBuffer floats(int count) {
    return ByteBuffer.allocateDirect(count * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static LogitFlowException failed(OrtException e) {
    return new LogitFlowException(
        Category.FAILED, "the policy's graph cannot be run: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    inputs.values().forEach(OnnxTensor::close);
    outputs.values().forEach(OnnxTensor::close);
    try {
      policy.close();
    } catch (OrtException e) {
      throw failed(e);
    }
  }
}
