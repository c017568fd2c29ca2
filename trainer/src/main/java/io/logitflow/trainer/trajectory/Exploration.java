package io.logitflow.trainer.trajectory;

/**
 * Where a draw leaves the policy: a step whose own uniform lies below ε takes a uniform valid
 * action instead.
 *
 * @param epsilon ε, 0 to 1
 * @param uniforms [N, T] in [0, 1), independent of those that choose actions
 */
public record Exploration(double epsilon, float[] uniforms) {
  /** No exploration: every step follows the policy. */
  public static final Exploration NONE = new Exploration(0, new float[0]);

  boolean at(int index) {
    return epsilon > 0 && uniforms[index] < epsilon;
  }
}
