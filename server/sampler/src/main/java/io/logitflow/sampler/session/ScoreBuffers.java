package io.logitflow.sampler.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.logitflow.sampler.bundle.BundleFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Map;

/**
 * What one thread scores objects with: native memory for the inputs of its largest tile. A tile of
 * fewer rows uses the front of every buffer. Not thread-safe.
 */
public final class ScoreBuffers {
  private final RolloutShape shape;
  private final boolean exact;
  private final TileSizes sizes;
  private final ByteBuffer tokens;
  private final IntBuffer length;
  private final FloatBuffer beta;
  private final FloatBuffer uniform;
  private final double[] logWeight;

  ScoreBuffers(RolloutShape shape, boolean exact, TileSizes sizes) {
    this.shape = shape;
    this.exact = exact;
    this.sizes = sizes;
    int rows = sizes.largest();
    tokens = bytes(rows, shape.bytesPerRow());
    length = bytes(rows, Integer.BYTES).asIntBuffer();
    beta = bytes(rows, Float.BYTES).asFloatBuffer();
    uniform = bytes(rows, exact ? 0 : shape.steps() * Float.BYTES).asFloatBuffer();
    logWeight = new double[rows];
  }

  /** Returns the most rows of a run. */
  public int maximumRows() {
    return logWeight.length;
  }

  /** Returns the tokens {@code [B, S]}, to be written, little-endian, 0 after the end. */
  public ByteBuffer tokens() {
    return tokens;
  }

  /** Returns the lengths of the objects {@code [B]}, to be written. */
  public IntBuffer length() {
    return length;
  }

  /** Returns the inverse temperatures {@code [B]}, to be written. */
  public FloatBuffer beta() {
    return beta;
  }

  /** Returns the uniforms {@code [B, T]}, to be written; empty where the graph is exact. */
  public FloatBuffer uniform() {
    return uniform;
  }

  /**
   * Returns what the last run gave for a row: log p(x; β), or log P_F − log P_B of a trajectory
   * whose exponential has the expectation p(x; β).
   */
  public double logWeight(int row) {
    return logWeight[row];
  }

  /**
   * Repeats the first row behind the last one, up to the next size of a run.
   *
   * @return that size
   */
  int pad(int rows) {
    int size = sizes.padded(rows);
    for (int row = rows; row < size; row++) {
      tokens.put(row * shape.bytesPerRow(), tokens, 0, shape.bytesPerRow());
      length.put(row, length.get(0));
      beta.put(row, beta.get(0));
      if (!exact) {
        uniform.put(row * shape.steps(), uniform, 0, shape.steps());
      }
    }
    return size;
  }

  /** Puts the inputs' tensors over the first rows, the size of a run, into a map. */
  void put(OrtEnvironment environment, int rows, Map<String, OnnxTensor> inputs)
      throws OrtException {
    long[] vector = {rows};
    ByteBuffer front = tokens.slice(0, rows * shape.bytesPerRow()).order(ByteOrder.nativeOrder());
    OnnxJavaType type = shape.bytesPerToken() == 1 ? OnnxJavaType.UINT8 : OnnxJavaType.INT16;
    inputs.put(
        BundleFormat.TOKENS,
        OnnxTensor.createTensor(environment, front, new long[] {rows, shape.rowWidth()}, type));
    inputs.put(
        BundleFormat.LENGTH, OnnxTensor.createTensor(environment, length.slice(0, rows), vector));
    inputs.put(
        BundleFormat.BETA, OnnxTensor.createTensor(environment, beta.slice(0, rows), vector));
    if (!exact) {
      inputs.put(
          BundleFormat.UNIFORM,
          OnnxTensor.createTensor(
              environment,
              uniform.slice(0, rows * shape.steps()),
              new long[] {rows, shape.steps()}));
    }
  }

  /** Takes over what a run gave for the first rows. */
  void take(FloatBuffer minuend, FloatBuffer subtrahend, int rows) {
    for (int row = 0; row < rows; row++) {
      logWeight[row] = (double) minuend.get(row) - subtrahend.get(row);
    }
  }

  /** Takes over what a run gave for the first rows. */
  void take(FloatBuffer logProbabilities, int rows) {
    for (int row = 0; row < rows; row++) {
      logWeight[row] = logProbabilities.get(row);
    }
  }

  private static ByteBuffer bytes(int rows, int perRow) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(rows, perRow))
        .order(ByteOrder.nativeOrder());
  }
}
