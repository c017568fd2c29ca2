package io.logitflow.sampler.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;

/** The hardware that ONNX Runtime runs a graph on. */
public enum ExecutionProvider {
  /** The processor: one thread for each run, many runs side by side. */
  CPU {
    @Override
    void configure(SessionOptions options) throws OrtException {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
    }
  };

  /** Sets up a session for this provider. */
  abstract void configure(SessionOptions options) throws OrtException;
}
