package io.logitflow.exporter.tabulation;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Unscaled logits of all states of a numbering, those of P_F or of P_B.
 *
 * @param states S
 * @param heads K
 * @param actions n
 * @param logits [S, K·n] row-major
 * @param valid [S, n] row-major; of a state without valid actions the first counts as valid
 */
record StateLogits(int states, int heads, int actions, float[] logits, boolean[] valid) {
  /**
   * Computes logits of P_F.
   *
   * @param environment the environment
   * @param numbering of its states
   * @param policy gives the logits
   */
  static StateLogits forward(
      Environment environment, StateNumbering numbering, StatePolicy policy) {
    return of(
        environment,
        numbering,
        policy.heads(),
        environment.actionCount(),
        environment::forwardMask,
        states -> policy.forwardLogits(states, ones(states.rows())));
  }

  /**
   * Computes logits of a learned P_B.
   *
   * @param environment the environment
   * @param numbering of its states
   * @param policy gives the logits
   */
  static StateLogits backward(
      Environment environment, StateNumbering numbering, StatePolicy policy) {
    return of(
        environment,
        numbering,
        policy.heads(),
        environment.backwardActionCount(),
        environment::backwardMask,
        states -> policy.backwardLogits(states, ones(states.rows())));
  }

  /**
   * Returns logits of a P_B that is uniform over the valid actions.
   *
   * @param environment the environment
   * @param numbering of its states
   */
  static StateLogits uniformBackward(Environment environment, StateNumbering numbering) {
    int actions = environment.backwardActionCount();
    return of(
        environment,
        numbering,
        1,
        actions,
        environment::backwardMask,
        states -> new float[states.rows() * actions]);
  }

  private static StateLogits of(
      Environment environment,
      StateNumbering numbering,
      int heads,
      int actions,
      BiConsumer<StateBatch, boolean[]> writeMask,
      Function<StateBatch, float[]> logits) {
    int all = numbering.states();
    StateLogits table =
        new StateLogits(
            all,
            heads,
            actions,
            new float[Math.multiplyExact(all, heads * actions)],
            new boolean[Math.multiplyExact(all, actions)]);
    for (int steps = 0; steps <= numbering.depth(); steps++) {
      int firstState = numbering.first(steps);
      StateVisitor.visit(
          environment,
          steps,
          (states, first) -> {
            boolean[] mask = new boolean[states.rows() * actions];
            writeMask.accept(states, mask);
            table.put(firstState + first, logits.apply(states), mask);
          });
    }
    return table;
  }

  private void put(int firstState, float[] batch, boolean[] mask) {
    System.arraycopy(batch, 0, logits, firstState * heads * actions, batch.length);
    System.arraycopy(mask, 0, valid, firstState * actions, mask.length);
    for (int row = 0; row < mask.length / actions; row++) {
      int state = firstState + row;
      valid[state * actions] |= LevelSurvey.count(mask, row, actions) == 0;
    }
  }

  /** Returns the largest logit of the valid actions of a state, for one head. */
  float largest(int state) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int action = 0; action < actions; action++) {
      if (valid[state * actions + action]) {
        largest = Math.max(largest, logits[state * actions + action]);
      }
    }
    return largest;
  }

  /**
   * Returns the log-probability of an action under unscaled logits, the sum over the heads.
   *
   * @param state its number
   * @param action a valid one
   */
  float logProbability(int state, int action) {
    double[] sums = new double[actions];
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < actions; i++) {
      for (int head = 0; head < heads; head++) {
        sums[i] += logits[(state * heads + head) * actions + i];
      }
      if (valid[state * actions + i]) {
        largest = Math.max(largest, sums[i]);
      }
    }
    double total = 0;
    for (int i = 0; i < actions; i++) {
      total += valid[state * actions + i] ? Math.exp(sums[i] - largest) : 0;
    }
    return (float) (sums[action] - largest - Math.log(total));
  }

  private static float[] ones(int rows) {
    float[] betas = new float[rows];
    Arrays.fill(betas, 1);
    return betas;
  }
}
