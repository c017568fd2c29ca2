package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.logitflow.trainer.policy.BoundParameters;

/**
 * Detailed balance (Bengio et al. 2023, "GFlowNet Foundations", section 3), conditional on β: the
 * mean over a trajectory's steps of (log F(s; β) + log P_F(s' | s; β) − log F(s'; β) − log P_B(s |
 * s'; β))², where F of a terminal state is R(x)^β.
 */
public final class DetailedBalance implements Objective {
  private final TrajectoryTerms terms;
  private final TerminalFlow terminalFlow = new TerminalFlow();

  /**
   * Creates the loss.
   *
   * @param terms of networks that learn the state flow
   */
  public DetailedBalance(TrajectoryTerms terms) {
    this.terms = terms;
  }

  @Override
  public NDArray losses(BoundParameters parameters, TrainingBatch batch) {
    TrajectoryTerms.Terms of = terms.load(parameters, batch);
    terminalFlow.load(batch.trajectories());
    NDArray flows = terminalFlow.flows(of);
    NDManager manager = flows.getManager();
    int steps = batch.trajectories().maximumSteps();
    NDArray gain = flows.get("0:" + steps).sub(flows.get("1:" + (steps + 1)));
    return gain.add(of.forward())
        .sub(of.backward())
        .square()
        .mul(terminalFlow.isStep(manager))
        .sum(new int[] {0})
        .div(terminalFlow.lengths(manager));
  }
}
