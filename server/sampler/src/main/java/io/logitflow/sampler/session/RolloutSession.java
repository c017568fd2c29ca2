package io.logitflow.sampler.session;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.bundle.GraphSignatures;
import io.logitflow.sampler.bundle.Signatures;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.TensorSignature;
import io.logitflow.v1.TensorSignature.ElementType;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bundle's rollout graph, loaded into ONNX Runtime. One session serves every worker: {@link #run}
 * may be called from many threads at once, each with buffers of its own.
 */
public final class RolloutSession implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final RolloutShape shape;
  private final ExecutionProvider provider;
  private final Map<Integer, TileSizes> sizesByMaximum = new HashMap<>();
  private final AtomicLong runs = new AtomicLong();

  private RolloutSession(
      OrtEnvironment environment,
      OrtSession session,
      RolloutShape shape,
      ExecutionProvider provider) {
    this.environment = environment;
    this.session = session;
    this.shape = shape;
    this.provider = provider;
  }

  /**
   * Loads the rollout of a bundle and checks that it is the graph that the manifest declares.
   *
   * @param bundle an opened bundle
   * @param provider where to run
   * @return the session
   * @throws InvalidInputException if the provider is not there, or the file is no graph that ONNX
   *     Runtime loads for it, or one with other inputs or outputs
   */
  public static RolloutSession open(Bundle bundle, ExecutionProvider provider) {
    Path file = bundle.path(Role.ROLLOUT);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (SessionOptions options = new SessionOptions()) {
      options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      provider.configure(options);
      OrtSession session = environment.createSession(file.toString(), options);
      try {
        check(file, session, bundle);
        return new RolloutSession(environment, session, RolloutShape.of(bundle), provider);
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new InvalidInputException(
          file.toString(),
          reason(e),
          "an ONNX model that ONNX Runtime loads" + provider.requirement());
    }
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
      return new RolloutBuffers(shape, tileSizes(maximumRows));
    } catch (ArithmeticException | OutOfMemoryError e) {
      throw new InvalidInputException(
          "tile", maximumRows + " rows of " + shape, "as many as fit in memory");
    }
  }

  /**
   * Returns the sizes of this session's runs: the provider's, or the largest of them alone where
   * rows were seen to have other bits in another one. On the CPU nothing is run to tell.
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
    int size = buffers.pad(rows);
    try {
      RolloutBuffers.Tensors tensors = buffers.tensors(environment, size);
      runs.incrementAndGet();
      session.run(tensors.inputs(), tensors.outputs()).close();
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, "a run of the rollout graph failed: " + reason(e), e);
    }
  }

  /** Frees the session; no run may be under way. */
  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, "the rollout's session cannot be closed: " + reason(e), e);
    }
  }

  private static void check(Path file, OrtSession session, Bundle bundle) throws OrtException {
    List<TensorSignature> inputs = GraphSignatures.inputs(Role.ROLLOUT, bundle.manifest());
    List<TensorSignature> outputs = GraphSignatures.outputs(Role.ROLLOUT, bundle.manifest());
    check(file, "inputs", session.getInputInfo().values(), inputs);
    check(file, "outputs", session.getOutputInfo().values(), outputs);
  }

  private static void check(
      Path file, String side, Collection<NodeInfo> found, List<TensorSignature> expected) {
    List<TensorSignature> actual = found.stream().map(RolloutSession::signatureOf).toList();
    Set<TensorSignature> distinct = new HashSet<>(actual);
    if (actual.size() != expected.size() || !distinct.equals(Set.copyOf(expected))) {
      throw new InvalidInputException(
          file + " " + side, Signatures.text(actual), Signatures.text(expected));
    }
  }

  private static TensorSignature signatureOf(NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo tensor)) {
      return BundleFormat.signature(node.getName(), ElementType.ELEMENT_TYPE_UNSPECIFIED);
    }
    ElementType type =
        switch (tensor.onnxType) {
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> ElementType.FLOAT32;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> ElementType.INT32;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> ElementType.UINT8;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> ElementType.INT16;
          default -> ElementType.ELEMENT_TYPE_UNSPECIFIED;
        };
    return BundleFormat.signature(node.getName(), type, tensor.getShape());
  }

  /** Returns the first line of what ONNX Runtime says. */
  static String reason(OrtException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
