package io.logitflow.sampler.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.logitflow.sampler.onnx.ModelBounds;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * How a model that was inspected comes into ONNX Runtime. Some of its passes over a graph recurse
 * from node to node, so that a chain of some thousand nodes overflows the stack of a thread of
 * ordinary size, which ends the process. It is done on a thread whose stack holds the {@link
 * ModelBounds#MOST_NODES} that there can be.
 */
public final class ModelLoading {
  // Only what is touched of it becomes memory; a level takes a few hundred bytes.
  private static final long STACK = 64L << 20;

  private ModelLoading() {}

  /**
   * Loads a model. Waits for it without regard to interrupts, which reach no native code.
   *
   * @param model an ONNX model, in native memory
   * @param options of the session
   * @throws OrtException if ONNX Runtime refuses it
   */
  public static OrtSession load(ByteBuffer model, SessionOptions options) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    FutureTask<OrtSession> loading =
        new FutureTask<>(() -> environment.createSession(model, options));
    new Thread(null, loading, "logitflow-load", STACK).start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return loading.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof OrtException refused) {
            throw refused;
          }
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
