package io.logitflow.trainer.policy;

import io.logitflow.trainer.environment.StateBatch;
import java.util.OptionalDouble;

/**
 * A trained temperature-conditional policy as plain functions, whoever computes them: the trainer's
 * networks or the exported graphs.
 *
 * <p>P_F(a | s; β) = softmax over the valid a of Σ_k scale_k(β) · g_k(s, a), clamped first where
 * {@link #logitClamp} says so (Kim et al. 2024, "Learning to Scale Logits"); P_B likewise where it
 * is learned, else uniform over the valid actions. Where β enters by the layers, g depends on it.
 */
public interface StatePolicy {
  /** Returns K, the number of heads of logits. */
  int heads();

  /**
   * Computes the unscaled logits g of P_F.
   *
   * @param states N states
   * @param betas [N] inverse temperatures, one a state; read only where β enters by the layers
   * @return [N, K, A] row-major
   */
  float[] forwardLogits(StateBatch states, float[] betas);

  /**
   * Computes the scale of each head of P_F, 1 where there is no scale.
   *
   * @param betas [N] inverse temperatures, positive
   * @return [N, K] row-major
   */
  float[] forwardScale(float[] betas);

  /** Returns whether P_B is learned. */
  boolean learnsBackward();

  /**
   * Computes the unscaled logits of a learned P_B.
   *
   * @param states N states
   * @param betas [N] inverse temperatures, one a state; read only where β enters by the layers
   * @return [N, K, C] row-major
   */
  float[] backwardLogits(StateBatch states, float[] betas);

  /**
   * Computes the scale of each head of a learned P_B, 1 where there is no scale.
   *
   * @param betas [N] inverse temperatures, positive
   * @return [N, K] row-major
   */
  float[] backwardScale(float[] betas);

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
