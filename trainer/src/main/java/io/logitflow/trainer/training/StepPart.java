package io.logitflow.trainer.training;

/** A part of a round of training, in the order in which they end. */
public enum StepPart {
  /** Drawing trajectories with the policy and scoring their objects. */
  SAMPLING,
  /** The loss from the trajectories. */
  FORWARD,
  /** The gradient from the loss. */
  BACKWARD,
  /** Everything from the gradient to the next parameters. */
  OPTIMISER
}
