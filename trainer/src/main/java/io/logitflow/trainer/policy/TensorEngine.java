package io.logitflow.trainer.policy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;

/**
 * The PyTorch engine, started once, offline and on one thread: small networks train fastest so, and
 * a single thread adds in one order, which resuming to the bit needs.
 */
public final class TensorEngine {
  private static final Engine ENGINE = start();

  private TensorEngine() {}

  private static Engine start() {
    setIfAbsent("ai.djl.offline", "true");
    setIfAbsent("OPT_OUT_TRACKING", "true");
    setIfAbsent("ai.djl.pytorch.num_threads", "1");
    setIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
    return Engine.getEngine("PyTorch");
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** Returns the engine. */
  public static Engine engine() {
    return ENGINE;
  }

  /** Creates a manager of tensors in main memory, which the caller closes. */
  public static NDManager newManager() {
    return ENGINE.newBaseManager(Device.cpu());
  }
}
