package io.logitflow.trainer.oracle;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.HashMap;
import java.util.Map;

/**
 * The objects of a small environment by walking every path from the root, one state at a time: the
 * sum over paths of the product of P_F, without dynamic programming.
 */
public final class WalkedPaths {
  private final Environment environment;
  private final StatePolicy policy;
  private final float[] beta;
  private final ObjectText text;
  private final Map<String, Double> found = new HashMap<>();

  private WalkedPaths(Environment environment, StatePolicy policy, float beta) {
    this.environment = environment;
    this.policy = policy;
    this.beta = new float[] {beta};
    this.text = new ObjectText(environment);
  }

  /** Returns p(x) by the text of x. */
  public static Map<String, Double> distribution(
      Environment environment, StatePolicy policy, float beta) {
    WalkedPaths paths = new WalkedPaths(environment, policy, beta);
    paths.walk(environment.roots(1), 1);
    return paths.found;
  }

  private void walk(StateBatch state, double probability) {
    boolean[] mask = new boolean[environment.actionCount()];
    environment.forwardMask(state, mask);
    float[] logits = policy.forwardLogits(state, beta);
    double scale = policy.forwardScale(beta)[0];
    double total = 0;
    for (int action = 0; action < mask.length; action++) {
      total += mask[action] ? Math.exp(scale * logits[action]) : 0;
    }
    if (total == 0) {
      found.merge(text.format(environment.objects(state), 0), probability, Double::sum);
      return;
    }
    for (int action = 0; action < mask.length; action++) {
      if (mask[action]) {
        StateBatch child = state.copy();
        environment.step(child, new int[] {action}, new int[1]);
        walk(child, probability * Math.exp(scale * logits[action]) / total);
      }
    }
  }
}
