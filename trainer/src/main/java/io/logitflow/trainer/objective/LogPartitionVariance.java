package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.policy.BoundParameters;

/**
 * Log-partition variance (VarGrad, Richter et al. 2020; for GFlowNets Zhang et al. 2023, "Robust
 * scheduling with GFlowNets"), conditional on β: every trajectory estimates log Z(β) as β log R(x)
 * + log P_B(τ; β) − log P_F(τ; β), and its loss is the squared distance of that from the mean of
 * the trajectories that share its β.
 *
 * <p>The policy needs no log Z(β); it is fitted to the estimates, through which no gradient flows.
 */
public final class LogPartitionVariance implements Objective {
  private final TrajectoryTerms terms;
  private final int group;

  /**
   * Creates the loss.
   *
   * @param terms of networks that learn log Z(β)
   * @param group consecutive trajectories that share a β, at least 2
   */
  public LogPartitionVariance(TrajectoryTerms terms, int group) {
    this.terms = terms;
    this.group = group;
  }

  @Override
  public int groupSize() {
    return group;
  }

  @Override
  public NDArray losses(BoundParameters parameters, TrainingBatch batch) {
    TrajectoryTerms.Terms of = terms.load(parameters, batch);
    NDArray estimate = of.logTarget().sub(of.forward().sub(of.backward()).sum(new int[] {0}));
    NDArray byGroup = estimate.reshape(new Shape(batch.rows() / group, group));
    NDArray variance = byGroup.sub(byGroup.mean(new int[] {1}, true)).square();
    NDArray fit = of.logPartition().sub(estimate.stopGradient()).square();
    return variance.reshape(batch.rows()).add(fit);
  }
}
