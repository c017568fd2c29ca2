package io.logitflow.trainer.policy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import com.google.common.base.Throwables;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import org.jspecify.annotations.Nullable;

/**
 * The PyTorch engine, started once, offline and on one thread: small networks train fastest so, and
 * a single thread adds in one order, which resuming to the bit needs.
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
          "PyTorch: found "
              + reason.replaceAll("\\s+", " ")
              + ", expected it to start; it is unpacked into the directory DJL_CACHE_DIR, by default"
              + " ~/.djl.ai",
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
    return engine().newBaseManager(Device.cpu());
  }
}
