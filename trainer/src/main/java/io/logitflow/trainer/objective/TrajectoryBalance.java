package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
import io.logitflow.trainer.policy.BoundParameters;

/**
 * Trajectory balance (Malkin et al. 2022, equation 14), conditional on β: (log Z(β) + log P_F(τ; β)
 * − β log R(x) − log P_B(τ; β))².
 */
public final class TrajectoryBalance implements Objective {
  private final TrajectoryTerms terms;

  /**
   * Creates the loss.
   *
   * @param terms of networks that learn log Z(β)
   */
  public TrajectoryBalance(TrajectoryTerms terms) {
    this.terms = terms;
  }

  @Override
  public NDArray losses(BoundParameters parameters, TrainingBatch batch) {
    TrajectoryTerms.Terms of = terms.load(parameters, batch);
    NDArray ratio = of.forward().sub(of.backward()).sum(new int[] {0});
    return of.logPartition().add(ratio).sub(of.logTarget()).square();
  }
}
