package io.logitflow.sampler.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.v1.Graph.Role;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bundle's score graph, loaded into ONNX Runtime. {@link #run} may be called from many threads at
 * once, each with buffers of its own.
 */
public final class ScoreSession implements AutoCloseable {
  private final OrtSession session;
  private final RolloutShape shape;
  private final boolean exact;
  private final long mostRows;
  private final ExecutionProvider provider;

  private ScoreSession(
      OrtSession session,
      RolloutShape shape,
      boolean exact,
      long mostRows,
      ExecutionProvider provider) {
    this.mostRows = mostRows;
    this.session = session;
    this.shape = shape;
    this.exact = exact;
    this.provider = provider;
  }

  /**
   * Loads the score graph of a bundle that has one.
   *
   * @param bundle an opened bundle
   * @param provider where to run
   * @throws InvalidInputException if the file is no graph that ONNX Runtime loads, or one with
   *     other inputs or outputs
   */
  public static ScoreSession open(Bundle bundle, ExecutionProvider provider) {
    return new ScoreSession(
        LoadedGraph.load(bundle, Role.SCORE, provider),
        RolloutShape.of(bundle),
        BundleFormat.scoresExactly(bundle.manifest()),
        bundle.summary(Role.SCORE).memory().mostRows(),
        provider);
  }

  /**
   * Returns new buffers for this session's runs. Where the bits of a row may depend on the number
   * of rows, every run has as many.
   *
   * @param tile the most rows of a run, at least 1; fewer where as many may take more memory than a
   *     run may
   * @param rows how many there are to score
   */
  public ScoreBuffers newBuffers(int tile, long rows) {
    long fitting = mostRows / RolloutBuffers.ROW_MULTIPLE * RolloutBuffers.ROW_MULTIPLE;
    long most = Math.min(tile, fitting);
    long wanted = provider.sizesAgree() ? Math.min(most, rows) : most;
    return new ScoreBuffers(
        shape, exact, TileSizes.multiplesOfFour((int) wanted).unmeasured(provider));
  }

  /**
   * Runs the graph once on the first rows of the buffers.
   *
   * @param buffers one thread's, made by {@link #newBuffers}
   * @param rows how many rows are filled, 1 to the buffers' maximum; padded to a size of a run
   * @throws LogitFlowException if the run fails
   */
  public void run(ScoreBuffers buffers, int rows) {
    int size = buffers.pad(rows);
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    try {
      buffers.put(OrtEnvironment.getEnvironment(), size, inputs);
      try (OrtSession.Result result = session.run(inputs)) {
        if (exact) {
          buffers.take(floats(result, BundleFormat.LOG_P), rows);
        } else {
          buffers.take(
              floats(result, BundleFormat.LOG_PF), floats(result, BundleFormat.LOG_PB), rows);
        }
      }
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, "a run of the score graph failed: " + LoadedGraph.reason(e), e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private static FloatBuffer floats(OrtSession.Result result, String output) {
    return ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
  }

  /** Frees the session; no run may be under way. */
  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, "the score's session cannot be closed: " + LoadedGraph.reason(e), e);
    }
  }
}
