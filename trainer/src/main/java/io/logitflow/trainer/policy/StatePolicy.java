package io.logitflow.trainer.policy;

import io.logitflow.trainer.environment.StateBatch;
import java.util.OptionalDouble;

/**
 * A trained temperature-conditional policy as plain functions, whoever computes them: the trainer's
 * networks or the exported graphs.
 *
 * <p>P_F(a | s; β) = softmax over the valid a of Σ_k scale_k(β) · g_k(s, a), clamped first where
 * {@link #logitClamp} says so (Kim et al. 2024, "Learning to Scale Logits").
 */
public interface StatePolicy {
  /** Returns K, the number of heads of logits. */
  int heads();

  /**
   * Computes the unscaled logits g, which do not depend on β.
   *
   * @param states N states
   * @return [N, K, A] row-major
   */
  float[] forwardLogits(StateBatch states);

  /**
   * Computes the scale of each head.
   *
   * @param betas [N] inverse temperatures, positive
   * @return [N, K] row-major
   */
  float[] forwardScale(float[] betas);

  /**
   * Computes the learned natural logarithm of the partition function Z(β).
   *
   * @param betas [N] inverse temperatures, positive
   * @return [N]
   */
  float[] logPartition(float[] betas);

  /** Returns the bound to which scaled logits are clamped, or empty if they are not. */
  OptionalDouble logitClamp();
}
