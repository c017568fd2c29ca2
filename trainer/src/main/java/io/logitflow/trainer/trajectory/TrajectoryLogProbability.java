package io.logitflow.trainer.trajectory;

import io.logitflow.trainer.policy.StatePolicy;

/** log P_F and log P_B of given trajectories under a policy, however they were drawn. */
public final class TrajectoryLogProbability {
  private TrajectoryLogProbability() {}

  /**
   * Computes log P_F(τ; β), the sum over the steps that a trajectory has.
   *
   * @param policy the policy
   * @param betas [N] inverse temperatures, one a trajectory
   * @param trajectories N trajectories
   * @return [N]
   */
  public static double[] forward(StatePolicy policy, float[] betas, TrajectoryBatch trajectories) {
    int slots = trajectories.maximumSteps();
    return sum(
        policy,
        trajectories.actions(),
        trajectories.forwardMask(),
        policy.forwardScale(betas),
        slots,
        slot -> policy.forwardLogits(trajectories.statesAt(slot), betas));
  }

  /**
   * Computes log P_B(τ | x; β), the sum over the steps that a trajectory has.
   *
   * @param policy the policy; says whether P_B is learned, else it is uniform
   * @param betas [N] inverse temperatures, one a trajectory
   * @param trajectories N trajectories
   * @return [N]
   */
  public static double[] backward(StatePolicy policy, float[] betas, TrajectoryBatch trajectories) {
    int slots = trajectories.maximumSteps();
    if (policy.learnsBackward()) {
      return sum(
          policy,
          trajectories.backwardActions(),
          trajectories.backwardMask(),
          policy.backwardScale(betas),
          slots,
          slot -> policy.backwardLogits(trajectories.statesAt(slot + 1), betas));
    }
    float[] perStep = trajectories.uniformLogBackward();
    double[] sums = new double[trajectories.rows()];
    for (int i = 0; i < perStep.length; i++) {
      sums[i % sums.length] += perStep[i];
    }
    return sums;
  }

  private static double[] sum(
      StatePolicy policy,
      int[] actions,
      boolean[] mask,
      float[] scale,
      int slots,
      LogitsOfSlot logitsOfSlot) {
    int rows = actions.length / slots;
    int width = mask.length / actions.length;
    ActionDistribution distribution = new ActionDistribution(policy, width);
    boolean[] slotMask = new boolean[rows * width];
    double[] sums = new double[rows];
    for (int slot = 0; slot < slots; slot++) {
      float[] logits = logitsOfSlot.logits(slot);
      System.arraycopy(mask, slot * slotMask.length, slotMask, 0, slotMask.length);
      for (int row = 0; row < rows; row++) {
        int action = actions[slot * rows + row];
        if (action >= 0) {
          distribution.set(logits, scale, slotMask, row, row);
          sums[row] += distribution.logProbability(action);
        }
      }
    }
    return sums;
  }

  /** Unscaled logits of the states of a slot, [N, K, width]. */
  private interface LogitsOfSlot {
    float[] logits(int slot);
  }
}
