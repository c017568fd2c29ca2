package io.logitflow.exporter.lowering;

import java.util.Locale;

/** What the products of a rollout's hidden layers are computed in. */
public enum Precision {
  /** IEEE 754 binary32, as everything else is. */
  FP32,

  /**
   * IEEE 754 binary16. ONNX Runtime's CPU provider computes in binary32 with weights rounded to it.
   */
  FP16,

  /**
   * Signed 7-bit weights, a scale for each column, and unsigned 8-bit inputs in a range that is
   * fixed when the graph is written; sums of 32 bits, which are exact. A range of each batch's own
   * would be closer, and a row would then depend on the others in its batch.
   */
  INT8;

  /** Returns the name that options and manifests have, such as {@code int8}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
