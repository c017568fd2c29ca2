package io.logitflow.sampler.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.v1.Graph.Role;
import org.jspecify.annotations.Nullable;

/**
 * A bundle's decoding graph, loaded into ONNX Runtime by the first run: most samplers never need
 * it. One session serves every worker: {@link #run} may be called from many threads at once, each
 * with buffers of its own.
 */
public final class DecodingSession implements AutoCloseable {
  private final Bundle bundle;
  private final ExecutionProvider provider;
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

  @GuardedBy("this")
  private @Nullable OrtSession loaded;

  /**
   * Creates a session that has loaded nothing.
   *
   * @param bundle an opened bundle
   * @param provider where to run
   */
  public DecodingSession(Bundle bundle, ExecutionProvider provider) {
    this.bundle = bundle;
    this.provider = provider;
  }

  /**
   * Loads the graph, if it is not loaded.
   *
   * @throws InvalidInputException if the file is no graph that ONNX Runtime loads, or one with
   *     other inputs or outputs
   */
  public void load() {
    session();
  }

  /**
   * Returns new buffers for this session's runs.
   *
   * @param rows inputs and outputs that the graph shares with the rollout
   */
  public DecodingBuffers newBuffers(RolloutBuffers rows) {
    return new DecodingBuffers(rows, bundle.manifest().getEnvironment().getActionCount());
  }

  /**
   * Runs the graph once, after loading it if need be: reads the first rows of the buffers and what
   * was set for all of them, writes their outputs.
   *
   * @param buffers one worker's, made by {@link #newBuffers}
   * @param rows how many rows are filled, 1 to the buffers' maximum; padded to a size of the
   *     rollout's runs, or to the largest where only the rollout's bits were compared
   * @throws LogitFlowException if the graph cannot be loaded or the run fails
   */
  public void run(DecodingBuffers buffers, int rows) {
    TileSizes sizes = buffers.rows().sizes().unmeasured(provider);
    int size = buffers.rows().pad(rows, sizes);
    try {
      OrtSession session = session();
      RolloutBuffers.Tensors tensors = buffers.tensors(environment, size, sizes);
      session.run(tensors.inputs(), tensors.outputs()).close();
    } catch (InvalidInputException e) {
      // Whoever asked for candidates is not at fault.
      throw new LogitFlowException(
          Category.FAILED, "the decoding graph cannot be loaded: " + e.getMessage(), e);
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, "a run of the decoding graph failed: " + LoadedGraph.reason(e), e);
    }
  }

  /** Frees the session, if it was loaded; no run may be under way. */
  @Override
  public synchronized void close() {
    try {
      if (loaded != null) {
        loaded.close();
        loaded = null;
      }
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, "the decoding session cannot be closed: " + LoadedGraph.reason(e), e);
    }
  }

  private synchronized OrtSession session() {
    OrtSession session = loaded;
    if (session == null) {
      session = LoadedGraph.load(bundle, Role.DECODING, provider);
      loaded = session;
    }
    return session;
  }
}
