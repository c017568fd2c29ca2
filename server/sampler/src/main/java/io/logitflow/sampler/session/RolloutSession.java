package io.logitflow.sampler.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.v1.Graph.Role;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bundle's rollout graph, loaded into ONNX Runtime. One session serves every worker: {@link #run}
 * may be called from many threads at once, each with buffers of its own.
 */
public final class RolloutSession implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final RolloutShape shape;
  private final AtomicLong runs = new AtomicLong();

  private RolloutSession(OrtEnvironment environment, OrtSession session, RolloutShape shape) {
    this.environment = environment;
    this.session = session;
    this.shape = shape;
  }

  /**
   * Loads the rollout of a bundle and checks that it is the graph that the manifest declares.
   *
   * @param bundle an opened bundle
   * @param provider where to run
   * @return the session
   * @throws InvalidInputException if the file is no graph that ONNX Runtime loads, or one with
   *     other inputs or outputs
   */
  public static RolloutSession open(Bundle bundle, ExecutionProvider provider) {
    return new RolloutSession(
        OrtEnvironment.getEnvironment(),
        GraphFile.load(bundle, Role.ROLLOUT, provider),
        RolloutShape.of(bundle));
  }

  /** Returns the sizes of a row. */
  public RolloutShape shape() {
    return shape;
  }

  /** Returns how many times the graph was run. */
  public long runs() {
    return runs.get();
  }

  /**
   * Returns new buffers for this session's runs.
   *
   * @param maximumRows the most rows of a run, at least 1; rounded up to a multiple of four
   * @throws InvalidInputException if so many rows do not fit in memory
   */
  public RolloutBuffers newBuffers(int maximumRows) {
    try {
      return new RolloutBuffers(shape, maximumRows);
    } catch (ArithmeticException | OutOfMemoryError e) {
      throw new InvalidInputException(
          "tile", maximumRows + " rows of " + shape, "as many as fit in memory");
    }
  }

  /**
   * Runs the graph once: reads {@code beta} and {@code uniform} of the first rows of the buffers,
   * writes their outputs.
   *
   * @param buffers one worker's, made by {@link #newBuffers}
   * @param rows how many rows are filled, 1 to the buffers' maximum; padded to a multiple of four
   * @throws LogitFlowException if the run fails
   */
  public void run(RolloutBuffers buffers, int rows) {
    buffers.pad(rows);
    try {
      RolloutBuffers.Tensors tensors = buffers.tensors(environment, RolloutBuffers.padded(rows));
      runs.incrementAndGet();
      session.run(tensors.inputs(), tensors.outputs()).close();
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, "a run of the rollout graph failed: " + GraphFile.reason(e), e);
    }
  }

  /** Frees the session; no run may be under way. */
  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, "the rollout's session cannot be closed: " + GraphFile.reason(e), e);
    }
  }
}
