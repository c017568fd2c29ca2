package io.logitflow.trainer.trajectory;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.trainer.policy.StatePolicy;

/**
 * The distribution over the forward actions of one state at one β, P_F, or over the backward ones,
 * P_B: the softmax of the scaled logits over the valid actions. Reused from state to state; not
 * thread-safe.
 */
public final class ActionDistribution {
  private final int heads;
  private final double clamp;
  private final double[] running;
  private final double[] scaled;
  private double total;
  private double maximum;

  /**
   * Creates scratch space.
   *
   * @param policy gives the heads and the clamp
   * @param actionCount A, the number of forward actions, or C, that of backward ones
   */
  public ActionDistribution(StatePolicy policy, int actionCount) {
    this.heads = policy.heads();
    this.clamp = policy.logitClamp().orElse(Double.POSITIVE_INFINITY);
    this.running = new double[actionCount];
    this.scaled = new double[actionCount];
  }

  /**
   * Takes on the distribution of a state.
   *
   * @param logits [N, K, A] or [N, K, C] unscaled
   * @param scale [M, K]
   * @param mask [N, A] or [N, C] valid actions, at least one in the row
   * @param row the state's row of logits and mask
   * @param scaleRow the row of the scales
   * @throws LogitFlowException if a valid action's scaled logit is not finite, clamped or not
   */
  public void set(float[] logits, float[] scale, boolean[] mask, int row, int scaleRow) {
    int actions = running.length;
    addUpHeads(logits, scale, row * heads * actions, scaleRow * heads);
    int firstOfMask = row * actions;
    maximum = Double.NEGATIVE_INFINITY;
    for (int action = 0; action < actions; action++) {
      if (!mask[firstOfMask + action]) {
        scaled[action] = Double.NEGATIVE_INFINITY;
        continue;
      }
      double logit = scaled[action];
      if (!Double.isFinite(logit)) {
        throw new LogitFlowException(
            Category.FAILED, "policy: found logits that are not finite, expected finite ones");
      }
      // Plain comparisons: none of the two is NaN, which Math.min and Math.max would look for.
      logit = logit > clamp ? clamp : logit < -clamp ? -clamp : logit;
      scaled[action] = logit;
      maximum = logit > maximum ? logit : maximum;
    }
    total = 0;
    for (int action = 0; action < actions; action++) {
      if (mask[firstOfMask + action]) {
        total += Math.exp(scaled[action] - maximum);
      }
      running[action] = total;
    }
  }

  private void addUpHeads(float[] logits, float[] scale, int firstLogit, int firstScale) {
    int actions = scaled.length;
    for (int head = 0; head < heads; head++) {
      double factor = scale[firstScale + head];
      int first = firstLogit + head * actions;
      for (int action = 0; action < actions; action++) {
        double term = factor * logits[first + action];
        scaled[action] = head == 0 ? term : scaled[action] + term;
      }
    }
  }

  /**
   * Returns the log-probability of an action.
   *
   * @param action a valid action
   */
  public double logProbability(int action) {
    return scaled[action] - maximum - Math.log(total);
  }

  /**
   * Returns the probability of an action, 0 for one that is not valid.
   *
   * @param action an action
   */
  public double probability(int action) {
    return Math.exp(scaled[action] - maximum) / total;
  }

  /**
   * Returns the middle of the interval of the cumulative distribution that {@link #choose} maps to
   * an action.
   *
   * @param action a valid action
   */
  public double middle(int action) {
    double lower = action == 0 ? 0 : running[action - 1];
    return (lower + running[action]) / 2 / total;
  }

  /**
   * Chooses an action by the inverse of the cumulative distribution: the first action whose running
   * sum of probabilities exceeds u, which is never one of probability zero.
   *
   * @param uniform u in [0, 1)
   */
  public int choose(double uniform) {
    double threshold = uniform * total;
    int action = 0;
    while (running[action] <= threshold) {
      action++;
    }
    return action;
  }
}
