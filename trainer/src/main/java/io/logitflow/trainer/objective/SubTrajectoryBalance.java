package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.policy.BoundParameters;

/**
 * Sub-trajectory balance (Madan et al. 2023, equation 11), conditional on β: over all i &lt; j the
 * mean, weighted by λ^(j − i), of (log F(s_i; β) + Σ log P_F − log F(s_j; β) − Σ log P_B)², the
 * sums over the steps from i to j, where F of a terminal state is R(x)^β.
 *
 * <p>With a_t = log F(s_t) − Σ (log P_F − log P_B) over the steps before t, a residual is a_i −
 * a_j.
 */
public final class SubTrajectoryBalance implements Objective {
  private final TrajectoryTerms terms;
  private final int slots;
  private final TerminalFlow terminalFlow = new TerminalFlow();

  /** λ^(j − i) where i &lt; j, else 0: [T + 1, T + 1]. */
  private final float[] decay;

  /**
   * Creates the loss.
   *
   * @param terms of networks that learn the state flow
   * @param lambda λ, above 0 to 1
   */
  public SubTrajectoryBalance(TrajectoryTerms terms, double lambda) {
    this.terms = terms;
    this.slots = terms.maximumSteps() + 1;
    this.decay = new float[slots * slots];
    for (int i = 0; i < slots; i++) {
      for (int j = i + 1; j < slots; j++) {
        decay[i * slots + j] = (float) Math.pow(lambda, (double) j - i);
      }
    }
  }

  @Override
  public NDArray losses(BoundParameters parameters, TrainingBatch batch) {
    TrajectoryTerms.Terms of = terms.load(parameters, batch);
    terminalFlow.load(batch.trajectories());
    NDArray flows = terminalFlow.flows(of);
    NDManager manager = flows.getManager();
    int rows = batch.rows();
    NDArray gains = of.forward().sub(of.backward()).cumSum(0);
    NDArray before = NDArrays.concat(new NDList(manager.zeros(new Shape(1, rows)), gains), 0);
    NDArray levels = flows.sub(before).transpose();
    NDArray residuals =
        levels.reshape(new Shape(rows, slots, 1)).sub(levels.reshape(new Shape(rows, 1, slots)));
    NDArray weights = weights(manager, rows);
    NDArray total = weights.sum(new int[] {1, 2});
    return residuals.square().mul(weights).sum(new int[] {1, 2}).div(total);
  }

  /** Returns λ^(j − i) where i &lt; j and both lie on the trajectory, else 0: [N, T + 1, T + 1]. */
  private NDArray weights(NDManager manager, int rows) {
    // The state behind slot j - 1 lies on the trajectory where that slot has a step.
    NDArray onTrajectory =
        NDArrays.concat(
            new NDList(manager.ones(new Shape(1, rows)), terminalFlow.isStep(manager)), 0);
    return onTrajectory
        .transpose()
        .reshape(new Shape(rows, 1, slots))
        .mul(manager.create(decay, new Shape(1, slots, slots)));
  }
}
