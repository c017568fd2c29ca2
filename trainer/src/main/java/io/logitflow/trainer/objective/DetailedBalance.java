package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
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
    int steps = batch.trajectories().maximumSteps();
    NDArray gain = flows.get("0:" + steps).sub(flows.get("1:" + (steps + 1)));
    // Behind the end both flows are the same and both log-probabilities 0.
    return gain.add(of.forward())
        .sub(of.backward())
        .square()
        .sum(new int[] {0})
        .div(terminalFlow.lengths(flows.getManager()));
  }
}
