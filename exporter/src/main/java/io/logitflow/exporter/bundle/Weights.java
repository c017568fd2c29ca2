package io.logitflow.exporter.bundle;

/** Which of a checkpoint's parameters a model has. */
public enum Weights {
  /** Those of the last round. */
  LAST,
  /** Their exponential moving average, which a run keeps if its config asks for it. */
  AVERAGED
}
