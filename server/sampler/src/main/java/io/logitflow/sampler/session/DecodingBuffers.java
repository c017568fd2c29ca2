package io.logitflow.sampler.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.logitflow.sampler.bundle.BundleFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the decoding graph reads and writes beside the inputs and outputs of a rollout: what all
 * rows of a run have in common, and one more log-probability of each. Not thread-safe.
 */
public final class DecodingBuffers implements AutoCloseable {
  private static final long[] SCALAR = {};

  private final RolloutBuffers rows;
  private final int actions;
  private final FloatBuffer allowed;
  private final FloatBuffer greedy = floats(1);
  private final FloatBuffer topP = floats(1);
  private final FloatBuffer logPfDrawn;
  private final Map<Integer, OwnTensors> tensorsByRows = new TreeMap<>();

  DecodingBuffers(RolloutBuffers rows, int actions) {
    this.rows = rows;
    this.actions = actions;
    allowed = floats(Math.multiplyExact(rows.shape().steps(), actions));
    logPfDrawn = floats(rows.maximumRows());
  }

  /** Returns the inputs and outputs that a rollout has as well. */
  public RolloutBuffers rows() {
    return rows;
  }

  /** Returns one for each action that a step may take, else zero, {@code [T, A]}, to be written. */
  public FloatBuffer allowed() {
    return allowed;
  }

  /**
   * Says how actions are chosen.
   *
   * @param isGreedy whether the most probable one is taken
   * @param reached the probability that the set of drawn ones reaches, above 0, at most 1
   */
  public void choose(boolean isGreedy, float reached) {
    greedy.put(0, isGreedy ? 1 : 0);
    topP.put(0, reached);
  }

  /** Returns the log-probabilities under what drew the last run's actions {@code [B]}. */
  public FloatBuffer logPfDrawn() {
    return logPfDrawn;
  }

  /**
   * Returns the tensors over the first {@code count} rows, the size of a run.
   *
   * @param ofRuns the sizes of runs
   */
  RolloutBuffers.Tensors tensors(OrtEnvironment environment, int count, TileSizes ofRuns)
      throws OrtException {
    OwnTensors own = tensorsByRows.get(count);
    if (own == null) {
      own = new OwnTensors(new LinkedHashMap<>());
      try {
        fill(own.byName(), environment, count);
      } catch (OrtException e) {
        own.close();
        throw e;
      }
      tensorsByRows.put(count, own);
    }
    RolloutBuffers.Tensors shared = rows.tensors(environment, count, ofRuns);
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>(shared.inputs());
    Map<String, OnnxTensor> outputs = new LinkedHashMap<>(shared.outputs());
    own.byName()
        .forEach(
            (name, tensor) ->
                (name.equals(BundleFormat.LOG_PF_DRAWN) ? outputs : inputs).put(name, tensor));
    return new RolloutBuffers.Tensors(inputs, outputs);
  }

  private void fill(Map<String, OnnxTensor> tensors, OrtEnvironment environment, int count)
      throws OrtException {
    long[] matrix = {rows.shape().steps(), actions};
    tensors.put(BundleFormat.ALLOWED, OnnxTensor.createTensor(environment, allowed, matrix));
    tensors.put(BundleFormat.GREEDY, OnnxTensor.createTensor(environment, greedy, SCALAR));
    tensors.put(BundleFormat.TOP_P, OnnxTensor.createTensor(environment, topP, SCALAR));
    tensors.put(
        BundleFormat.LOG_PF_DRAWN,
        OnnxTensor.createTensor(environment, logPfDrawn.slice(0, count), new long[] {count}));
  }

  /** Frees the tensors, but for those of the rollout. */
  @Override
  public void close() {
    tensorsByRows.values().forEach(OwnTensors::close);
    tensorsByRows.clear();
  }

  private static FloatBuffer floats(int size) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(size, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private record OwnTensors(Map<String, OnnxTensor> byName) {
    void close() {
      byName.values().forEach(OnnxTensor::close);
    }
  }
}
