package io.logitflow.trainer.training;

/** Is told when the parts of a round end, in the thread that trains. */
@FunctionalInterface
public interface StepClock {
  /** Takes no notice. */
  StepClock NONE = part -> {};

  /**
   * Takes note that a part has ended; the next begins.
   *
   * @param part which one
   */
  void ended(StepPart part);
}
