package io.logitflow.sampler.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;

/** The processor: one thread for each run, many runs side by side. */
record CpuProvider() implements ExecutionProvider {
  @Override
  public void configure(SessionOptions options) throws OrtException {
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
  }

  @Override
  public void require() {}

  @Override
  public String requirement() {
    return "";
  }

  @Override
  public TileSizes tileSizes(int maximumRows) {
    return TileSizes.multiplesOfFour(maximumRows);
  }

  @Override
  public int usualTileRows() {
    return 256;
  }

  @Override
  public boolean sizesAgree() {
    return true;
  }

  /** ONNX Runtime rounds the factors, and multiplies in binary32. */
  @Override
  public boolean computesBinary16() {
    return false;
  }

  @Override
  public boolean roundsFactors() {
    return false;
  }

  @Override
  public boolean multipliesBytes() {
    return true;
  }
}
