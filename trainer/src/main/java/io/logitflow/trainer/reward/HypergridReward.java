package io.logitflow.trainer.reward;

import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.ObjectBatch;

/**
 * The reward of the hypergrid (Bengio et al. 2021, "Flow Network based Generative Models for
 * Non-Iterative Diverse Candidate Generation", section 4.1): with u = |x/(H − 1) − 1/2|, R = r0 +
 * r1 · ∏ [u &gt; 0.25] + r2 · ∏ [0.3 &lt; u &lt; 0.4], the products over the coordinates x of an
 * object.
 *
 * @param config the constants
 * @param side H, at least 2; token ids are coordinates, 0 to H − 1
 */
record HypergridReward(RewardConfig.Hypergrid config, int side) implements Reward {
  @Override
  public double[] scores(ObjectBatch objects) {
    double[] scores = new double[objects.rows()];
    for (int row = 0; row < scores.length; row++) {
      boolean corner = true;
      boolean mode = true;
      for (int i = 0; i < objects.lengths()[row]; i++) {
        // 20 (H - 1) u, in integers so that no bound depends on rounding.
        int distance = 10 * Math.abs(2 * objects.tokens()[row * objects.width() + i] - side + 1);
        corner &= distance > 5 * (side - 1);
        mode &= distance > 6 * (side - 1) && distance < 8 * (side - 1);
      }
      scores[row] = config.r0() + (corner ? config.r1() : 0) + (mode ? config.r2() : 0);
    }
    return scores;
  }
}
