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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * One worker's inputs and outputs: native memory for its largest tile, written and read in place by
 * ONNX Runtime. A tile of fewer rows uses the front of every buffer; the tensors over it are made
 * once for each padded size. Not thread-safe.
 */
public final class RolloutBuffers implements AutoCloseable {
  /**
   * Rows come in multiples of it: last bits of a result differ between the kernels for whole blocks
   * of four rows and those for the rest, so with it a row's bits do not depend on its neighbours.
   */
  public static final int ROW_MULTIPLE = 4;

  private static final float NEUTRAL_BETA = 1;
  private static final float NEUTRAL_UNIFORM = 0.5F;

  private final RolloutShape shape;
  private final TileSizes sizes;
  private final FloatBuffer beta;
  private final FloatBuffer distinctBeta;
  private final IntBuffer betaIndex;
  private final FloatBuffer uniform;
  private final ByteBuffer tokens;
  private final IntBuffer length;
  private final FloatBuffer logPf;
  private final FloatBuffer logPb;
  private final FloatBuffer logZ;
  private final Map<Integer, Tensors> tensorsByRows = new TreeMap<>();
  private final Map<Integer, OnnxTensor> distinctBetaByCount = new TreeMap<>();

  RolloutBuffers(RolloutShape shape, TileSizes sizes) {
    this.shape = shape;
    this.sizes = sizes;
    beta = floats(1);
    distinctBeta = floats(1);
    betaIndex = bytes(Integer.BYTES).asIntBuffer();
    uniform = floats(shape.steps());
    tokens = bytes(shape.bytesPerRow());
    length = bytes(Integer.BYTES).asIntBuffer();
    logPf = floats(1);
    logPb = floats(1);
    logZ = floats(1);
  }

  /** Returns a number of rows, rounded up to the multiple that every run on the CPU has. */
  public static int padded(int rows) {
    return (rows + ROW_MULTIPLE - 1) / ROW_MULTIPLE * ROW_MULTIPLE;
  }

  /** Returns the sizes of a row. */
  public RolloutShape shape() {
    return shape;
  }

  /** Returns the most rows of a run. */
  public int maximumRows() {
    return sizes.largest();
  }

  /** Returns the inverse temperatures {@code [B]}, to be written. */
  public FloatBuffer beta() {
    return beta;
  }

  /** Returns the uniforms {@code [B, T]}, to be written. */
  public FloatBuffer uniform() {
    return uniform;
  }

  /** Returns the tokens of the last run, row-major {@code [B, S]}, little-endian. */
  public ByteBuffer tokens() {
    return tokens;
  }

  /** Returns the lengths of the last run's objects {@code [B]}. */
  public IntBuffer length() {
    return length;
  }

  /** Returns the forward log-probabilities of the last run {@code [B]}. */
  public FloatBuffer logPf() {
    return logPf;
  }

  /** Returns the backward log-probabilities of the last run {@code [B]}. */
  public FloatBuffer logPb() {
    return logPb;
  }

  /** Returns the log Z(beta) of the last run {@code [B]}. */
  public FloatBuffer logZ() {
    return logZ;
  }

  /** Returns the numbers of rows that runs of the rollout have. */
  TileSizes sizes() {
    return sizes;
  }

  /**
   * Fills the rows after the first {@code rows} up to the next size of a run with neutral inputs.
   *
   * @param to the sizes of runs
   * @return that size
   */
  int pad(int rows, TileSizes to) {
    int size = to.padded(rows);
    for (int row = rows; row < size; row++) {
      beta.put(row, NEUTRAL_BETA);
      for (int step = 0; step < shape.steps(); step++) {
        uniform.put(row * shape.steps() + step, NEUTRAL_UNIFORM);
      }
    }
    return size;
  }

  /**
   * Returns the tensors over the first {@code rows} rows, the size of a run, their inverse
   * temperatures numbered if the graph asks for it.
   *
   * @param ofRuns the sizes of runs
   */
  Tensors tensors(OrtEnvironment environment, int rows, TileSizes ofRuns) throws OrtException {
    Tensors tensors = tensorsOf(environment, rows);
    if (shape.indexesBeta()) {
      tensors.inputs().put(BundleFormat.BETA, distinctBetas(environment, rows, ofRuns));
    }
    return tensors;
  }

  /**
   * Numbers the inverse temperatures: rows of the same one stand together, so each is compared with
   * the last alone. Those that are read are padded to the sizes of runs too, for the same reason as
   * rows are.
   */
  private OnnxTensor distinctBetas(OrtEnvironment environment, int rows, TileSizes ofRuns)
      throws OrtException {
    int last = -1;
    for (int row = 0; row < rows; row++) {
      float value = beta.get(row);
      if (last < 0 || value != distinctBeta.get(last)) {
        last++;
        distinctBeta.put(last, value);
      }
      betaIndex.put(row, last);
    }
    int count = ofRuns.padded(last + 1);
    for (int index = last + 1; index < count; index++) {
      distinctBeta.put(index, NEUTRAL_BETA);
    }
    OnnxTensor tensor = distinctBetaByCount.get(count);
    if (tensor == null) {
      tensor = tensor(environment, distinctBeta, count);
      distinctBetaByCount.put(count, tensor);
    }
    return tensor;
  }

  private Tensors tensorsOf(OrtEnvironment environment, int rows) throws OrtException {
    Tensors tensors = tensorsByRows.get(rows);
    if (tensors == null) {
      tensors = new Tensors(new LinkedHashMap<>(), new LinkedHashMap<>());
      try {
        fill(tensors, environment, rows);
      } catch (OrtException e) {
        tensors.close();
        throw e;
      }
      tensorsByRows.put(rows, tensors);
    }
    return tensors;
  }

  /** Frees the tensors. */
  @Override
  public void close() {
    if (shape.indexesBeta()) {
      // These are shared by the inputs of several sizes.
      tensorsByRows.values().forEach(tensors -> tensors.inputs().remove(BundleFormat.BETA));
    }
    tensorsByRows.values().forEach(Tensors::close);
    tensorsByRows.clear();
    distinctBetaByCount.values().forEach(OnnxTensor::close);
    distinctBetaByCount.clear();
  }

  private void fill(Tensors tensors, OrtEnvironment environment, int rows) throws OrtException {
    long[] vector = {rows};
    Map<String, OnnxTensor> inputs = tensors.inputs();
    if (shape.indexesBeta()) {
      inputs.put(
          BundleFormat.BETA_INDEX,
          OnnxTensor.createTensor(environment, betaIndex.slice(0, rows), vector));
    } else {
      inputs.put(BundleFormat.BETA, tensor(environment, beta, vector));
    }
    inputs.put(BundleFormat.UNIFORM, tensor(environment, uniform, rows, shape.steps()));
    Map<String, OnnxTensor> outputs = tensors.outputs();
    outputs.put(BundleFormat.TOKENS, tokenTensor(environment, rows));
    outputs.put(
        BundleFormat.LENGTH, OnnxTensor.createTensor(environment, length.slice(0, rows), vector));
    outputs.put(BundleFormat.LOG_PF, tensor(environment, logPf, vector));
    outputs.put(BundleFormat.LOG_PB, tensor(environment, logPb, vector));
    outputs.put(BundleFormat.LOG_Z, tensor(environment, logZ, vector));
  }

  private OnnxTensor tokenTensor(OrtEnvironment environment, int rows) throws OrtException {
    ByteBuffer front = tokens.slice(0, rows * shape.bytesPerRow()).order(ByteOrder.nativeOrder());
    OnnxJavaType type = shape.bytesPerToken() == 1 ? OnnxJavaType.UINT8 : OnnxJavaType.INT16;
    return OnnxTensor.createTensor(environment, front, new long[] {rows, shape.rowWidth()}, type);
  }

  private static OnnxTensor tensor(
      OrtEnvironment environment, FloatBuffer buffer, long... tensorShape) throws OrtException {
    long elements = 1;
    for (long size : tensorShape) {
      elements *= size;
    }
    return OnnxTensor.createTensor(
        environment, buffer.slice(0, Math.toIntExact(elements)), tensorShape);
  }

  private FloatBuffer floats(int perRow) {
    return bytes(Math.multiplyExact(perRow, Float.BYTES)).asFloatBuffer();
  }

  private ByteBuffer bytes(int perRow) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(sizes.largest(), perRow))
        .order(ByteOrder.nativeOrder());
  }

  /**
   * A run's tensors, by name.
   *
   * @param inputs what the graph reads
   * @param outputs what it writes, pinned to the buffers
   */
  record Tensors(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
    private void close() {
      inputs.values().forEach(OnnxTensor::close);
      outputs.values().forEach(OnnxTensor::close);
    }
  }
}
