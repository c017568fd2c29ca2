package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
import io.logitflow.trainer.policy.BoundParameters;

/**
 * A loss whose minimum is the policy that samples x in proportion to R(x)^β. Which networks it
 * learns beside the policy, log Z(β) or the state flow, is declared by its {@link
 * io.logitflow.trainer.config.ObjectiveConfig}.
 */
public interface Objective {
  /**
   * Computes the loss of each trajectory.
   *
   * @param parameters the bound parameters
   * @param batch N trajectories with their β and log rewards
   * @return [N]; what is minimised is the mean
   */
  NDArray losses(BoundParameters parameters, TrainingBatch batch);

  /**
   * Returns how many consecutive trajectories of a batch must share one β; the batch is a multiple
   * of it.
   */
  default int groupSize() {
    return 1;
  }
}
