package io.logitflow.trainer.policy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.common.base.Throwables;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import org.jspecify.annotations.Nullable;

/**
 * The PyTorch engine, started once, offline and on one thread: small networks train fastest so, and
 * a single thread adds in one order, which resuming to the bit needs. All managers of tensors come
 * from here, so that nothing else needs to know where a run computes.
 */
public final class TensorEngine {
  private static @Nullable Engine started;

  private TensorEngine() {}

  private static Engine start() {
    setIfAbsent("ai.djl.offline", "true");
    setIfAbsent("OPT_OUT_TRACKING", "true");
    setIfAbsent("ai.djl.pytorch.num_threads", "1");
    setIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
    try {
      return Engine.getEngine("PyTorch");
    } catch (RuntimeException | LinkageError e) {
      Throwable root = Throwables.getRootCause(e);
      String reason = root.getClass().getSimpleName() + ": " + root.getMessage();
      throw new LogitFlowException(
          Category.FAILED,
          // Where the libraries on the class path do not fit, DJL looks for others elsewhere.
          reason.contains("Offline mode")
              ? "PyTorch: found no native libraries that fit this machine, expected a build for its"
                  + " platform; one with CUDA needs an NVIDIA GPU, see docs/deploy/gpu.md"
              : "PyTorch: found "
                  + reason.replaceAll("\\s+", " ")
                  + ", expected it to start; it is unpacked into the directory DJL_CACHE_DIR, by"
                  + " default ~/.djl.ai",
          e);
    }
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /**
   * Returns the engine, started when it is first asked for.
   *
   * @throws LogitFlowException if its native libraries cannot be unpacked or loaded
   */
  public static synchronized Engine engine() {
    if (started == null) {
      started = start();
    }
    return started;
  }

  /**
   * Creates a manager of tensors in main memory, which the caller closes.
   *
   * @throws LogitFlowException if the engine cannot be started
   */
  public static NDManager newManager() {
    return newManager(ComputeDevice.CPU);
  }

  /**
   * Creates a manager of tensors on a device, which the caller closes.
   *
   * @param device a device that is there, see {@link #require}
   * @throws LogitFlowException if the engine cannot be started
   */
  public static NDManager newManager(ComputeDevice device) {
    return engine().newBaseManager(device == ComputeDevice.GPU ? Device.gpu() : Device.cpu());
  }

  /**
   * Starts the engine and makes sure that it can compute on a device.
   *
   * @param device what is asked for
   * @throws InvalidInputException if it is a GPU and the engine has none to use
   * @throws LogitFlowException if the engine cannot be started
   */
  public static void require(ComputeDevice device) {
    if (device == ComputeDevice.CPU) {
      engine();
      return;
    }
    if (!engine().hasCapability(StandardCapabilities.CUDA)) {
      throw noGpu("finds no NVIDIA GPU or is built without CUDA");
    }
    try (NDManager manager = newManager(device);
        NDArray probe = manager.ones(new Shape(1))) {
      probe.toFloatArray();
    } catch (RuntimeException | LinkageError e) {
      // The first line is what failed, a native stack follows.
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw noGpu("says: " + message.strip());
    }
  }

  private static InvalidInputException noGpu(String reason) {
    return new InvalidInputException(
        "--device",
        "gpu, where PyTorch " + engine().getVersion() + " " + reason,
        "cpu, or a build with CUDA on a machine with an NVIDIA GPU, see docs/deploy/gpu.md");
  }
}
