package io.logitflow.sampler.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.onnx.ModelBounds;
import io.logitflow.sampler.onnx.RunMemory;
import io.logitflow.v1.Graph.Role;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bundle's rollout graph, loaded into ONNX Runtime. One session serves every worker: {@link #run}
 * may be called from many threads at once, each with buffers of its own.
 */
public final class RolloutSession implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final RolloutShape shape;
  private final RunMemory memory;
  private final ExecutionProvider provider;
  private final Map<Integer, TileSizes> sizesByMaximum = new HashMap<>();
  private final AtomicLong runs = new AtomicLong();

  private RolloutSession(
      OrtEnvironment environment,
      OrtSession session,
      RolloutShape shape,
      RunMemory memory,
      ExecutionProvider provider) {
    this.environment = environment;
    this.session = session;
    this.shape = shape;
    this.memory = memory;
    this.provider = provider;
  }

  /**
   * Loads the rollout of a bundle, the very bytes that were checked when the bundle was opened.
   *
   * @param bundle an opened bundle
   * @param provider where to run
   * @return the session
   * @throws InvalidInputException if the provider is not there, the file has changed, or ONNX
   *     Runtime does not load it
   */
  public static RolloutSession open(Bundle bundle, ExecutionProvider provider) {
    OrtSession session = LoadedGraph.load(bundle, Role.ROLLOUT, provider);
    return new RolloutSession(
        OrtEnvironment.getEnvironment(),
        session,
        RolloutShape.of(bundle),
        bundle.summary(Role.ROLLOUT).memory(),
        provider);
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
   * @throws InvalidInputException if so many rows do not fit in memory, or a run of them may take
   *     more than {@link ModelBounds#LARGEST_RUN}
   */
  public RolloutBuffers newBuffers(int maximumRows) {
    long largest = memory.mostRows();
    if (RolloutBuffers.padded(maximumRows) > largest) {
      throw new InvalidInputException(
          "tile",
          maximumRows + " rows of up to " + memory.bytesPerRow() + " bytes in a run",
          "at most " + largest + " rows");
    }
    try {
      return new RolloutBuffers(shape, tileSizes(maximumRows));
    } catch (ArithmeticException | OutOfMemoryError e) {
      throw new InvalidInputException(
          "tile", maximumRows + " rows of " + shape, "as many as fit in memory");
    }
  }

  /**
   * Returns the sizes of this session's runs: of the provider's the largest, and those in which
   * rows were seen to have the same bits. On the CPU nothing is run to tell.
   *
   * @param maximumRows the most rows of a run, at least 1; rounded up to a multiple of four
   */
  public synchronized TileSizes tileSizes(int maximumRows) {
    return sizesByMaximum.computeIfAbsent(
        maximumRows,
        rows -> {
          TileSizes sizes = provider.tileSizes(rows);
          return provider.sizesAgree() ? sizes : BitInvariance.measure(this, sizes).trusted(sizes);
        });
  }

  /**
   * Runs the graph once: reads {@code beta} and {@code uniform} of the first rows of the buffers,
   * writes their outputs.
   *
   * @param buffers one worker's, made by {@link #newBuffers}
   * @param rows how many rows are filled, 1 to the buffers' maximum; padded to one of their sizes
   * @throws LogitFlowException if the run fails
   */
  public void run(RolloutBuffers buffers, int rows) {
    int size = buffers.pad(rows, buffers.sizes());
    try {
      RolloutBuffers.Tensors tensors = buffers.tensors(environment, size, buffers.sizes());
      runs.incrementAndGet();
      session.run(tensors.inputs(), tensors.outputs()).close();
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, "a run of the rollout graph failed: " + LoadedGraph.reason(e), e);
    }
  }

  /** Frees the session; no run may be under way. */
  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, "the rollout's session cannot be closed: " + LoadedGraph.reason(e), e);
    }
  }
}
