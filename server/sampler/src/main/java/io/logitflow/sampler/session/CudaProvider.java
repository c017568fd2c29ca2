package io.logitflow.sampler.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * An NVIDIA GPU, by ONNX Runtime's CUDA provider, which only a build with the Maven profile {@code
 * cuda} contains.
 *
 * <p>Every node must run there: a session of which ONNX Runtime would place a node on the CPU is
 * refused. That is not too strict for a rollout. Nodes with a CUDA kernel that ONNX Runtime still
 * moves to the CPU are those that compute shapes from shapes, and a rollout has none: its one
 * {@code Shape} is read by {@code Expand} alone, whose CUDA kernel takes it from host memory.
 *
 * <p>CUDA graphs stay off: ONNX Runtime's Java API binds no memory of the device, and a replay
 * would read the inputs of the run that was captured.
 *
 * @param device number of the GPU, at least 0, as CUDA counts
 * @param memoryLimitBytes the most that ONNX Runtime's arena of a session takes of the GPU's
 *     memory; {@link Long#MAX_VALUE} for all
 * @param tf32 whether matrix products may round their factors to TF32, of ten bits of mantissa
 */
public record CudaProvider(int device, long memoryLimitBytes, boolean tf32)
    implements ExecutionProvider {
  /**
   * Validates the options.
   *
   * @throws InvalidInputException if one is out of its range; the message has a line for each
   */
  public CudaProvider {
    List<Problem> problems = new ArrayList<>();
    if (device < 0) {
      problems.add(new Problem("device", String.valueOf(device), "at least 0"));
    }
    if (memoryLimitBytes < 1) {
      problems.add(
          new Problem("memory limit", String.valueOf(memoryLimitBytes), "at least 1 byte"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
  }

  @Override
  public void configure(SessionOptions options) throws OrtException {
    // Without an environment the provider's library finds no logger, and does not load.
    OrtEnvironment.getEnvironment();
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      throw new InvalidInputException(
          "provider",
          "cuda, which this build is without",
          "cpu, or a build with the Maven profile cuda (mvn -q -B -DskipTests -Pcuda package)");
    }
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.addConfigEntry("session.disable_cpu_ep_fallback", "1");
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device)) {
      cuda.add("gpu_mem_limit", String.valueOf(memoryLimitBytes));
      cuda.add("use_tf32", tf32 ? "1" : "0");
      cuda.add("enable_cuda_graph", "0");
      options.addCUDA(cuda);
    } catch (OrtException e) {
      throw new InvalidInputException(
          "provider", "cuda, but " + LoadedGraph.reason(e), "cpu, or a machine" + requirement());
    }
  }

  @Override
  public void require() {
    try (SessionOptions options = new SessionOptions()) {
      configure(options);
    } catch (OrtException e) {
      throw new InvalidInputException(
          "provider", "cuda, but " + LoadedGraph.reason(e), "cpu, or a machine" + requirement());
    }
  }

  @Override
  public String requirement() {
    return " with CUDA device " + device + ", its driver, CUDA 12 and cuDNN 9";
  }

  @Override
  public TileSizes tileSizes(int maximumRows) {
    return TileSizes.ladder(maximumRows);
  }

  /** Up to some thousands of rows a run takes the time of its launches. */
  @Override
  public int usualTileRows() {
    return 4_096;
  }

  @Override
  public boolean sizesAgree() {
    return false;
  }

  @Override
  public boolean computesBinary16() {
    return true;
  }

  @Override
  public boolean roundsFactors() {
    return tf32;
  }

  /** Unsigned bytes times signed ones have no kernel there. */
  @Override
  public boolean multipliesBytes() {
    return false;
  }
}
