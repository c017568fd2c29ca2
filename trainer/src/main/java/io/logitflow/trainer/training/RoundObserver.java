package io.logitflow.trainer.training;

/** Who looks at the rounds whose metrics are recorded. */
@FunctionalInterface
public interface RoundObserver {
  /**
   * Looks at a round. The arrays are the loop's own and hold only until this returns.
   *
   * @param metrics what the round showed
   * @param betas [N] inverse temperatures of the first step's trajectories
   * @param scores [N] scores of the objects that the policy sampled, one for each β; empty in an
   *     offline round
   * @param losses [N] losses of the first step's trajectories
   */
  void observe(RoundMetrics metrics, float[] betas, double[] scores, float[] losses);
}
