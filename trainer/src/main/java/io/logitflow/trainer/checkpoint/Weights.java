package io.logitflow.trainer.checkpoint;

/** Which of a checkpoint's parameters a model has, as option {@code --weights} says. */
public enum Weights {
  /** Those of the last round. */
  LAST,
  /** Their exponential moving average, which a run keeps if its config asks for it. */
  AVERAGED
}
