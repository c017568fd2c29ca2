package io.logitflow.trainer.benchmark;

/**
 * What a step is measured with.
 *
 * @param batch B, trajectories of a step
 * @param width of both hidden layers
 * @param sharesStates whether equal states of a batch are computed once
 */
public record StepCase(int batch, int width, boolean sharesStates) {
  /** Returns the name of batch and width, such as {@code b256.w128}. */
  public String size() {
    return "b" + batch + ".w" + width;
  }

  /** Returns the name of the step, such as {@code step.b256.w128.unique}. */
  public String name() {
    return "step." + size() + (sharesStates ? ".unique" : ".plain");
  }
}
