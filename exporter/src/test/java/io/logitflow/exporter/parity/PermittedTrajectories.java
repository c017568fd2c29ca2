package io.logitflow.exporter.parity;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Every trajectory that a decoding may draw, found by walking all of them in plain Java: in each
 * state the policy's probabilities over the actions from which a permitted object can still be
 * reached, the most probable of them, or their nucleus, renormalised. Nothing of the manifest or of
 * a graph has a part in it.
 */
final class PermittedTrajectories {
  private final Environment environment;
  private final StatePolicy policy;
  private final float[] beta;
  private final Rule rule;
  private final Map<List<Integer>, float[]> logits = new HashMap<>();
  private final Map<List<Integer>, Boolean> reaches = new HashMap<>();
  private final List<Trajectory> found = new ArrayList<>();

  private PermittedTrajectories(
      Environment environment, StatePolicy policy, float beta, Rule rule) {
    this.environment = environment;
    this.policy = policy;
    this.beta = new float[] {beta};
    this.rule = rule;
  }

  static List<Trajectory> of(Environment environment, StatePolicy policy, float beta, Rule rule) {
    PermittedTrajectories all = new PermittedTrajectories(environment, policy, beta, rule);
    all.walk(environment.roots(1), 0, 0);
    return all.found;
  }

  private void walk(StateBatch state, double logPf, double logPfDrawn) {
    boolean[] valid = new boolean[environment.actionCount()];
    environment.forwardMask(state, valid);
    double[] probability = softmax(scaled(state), valid);
    boolean any = false;
    boolean[] permitted = new boolean[valid.length];
    for (int action = 0; action < valid.length; action++) {
      any |= valid[action];
      permitted[action] = valid[action] && permits(state, action);
    }
    if (!any) {
      found.add(new Trajectory(objectOf(state), logPf, logPfDrawn));
      return;
    }
    double[] constrained = softmax(scaled(state), permitted);
    double[] drawn = rule.greedy() ? constrained : nucleus(constrained, rule.topP());
    for (int action = 0; action < valid.length; action++) {
      boolean taken = rule.greedy() ? action == best(constrained) : drawn[action] > 0;
      if (taken) {
        walk(
            child(state, action),
            logPf + Math.log(probability[action]),
            logPfDrawn + Math.log(drawn[action]));
      }
    }
  }

  private boolean permits(StateBatch state, int action) {
    return rule.actions().permits(state.steps()[0], action) && reaches(child(state, action));
  }

  /** Returns whether an object that is permitted can be reached from a state. */
  private boolean reaches(StateBatch state) {
    List<Integer> key = key(state);
    Boolean known = reaches.get(key);
    if (known != null) {
      return known;
    }
    boolean[] valid = new boolean[environment.actionCount()];
    environment.forwardMask(state, valid);
    boolean terminal = true;
    boolean reached = false;
    for (int action = 0; action < valid.length; action++) {
      if (valid[action]) {
        terminal = false;
        reached |= reaches(child(state, action));
      }
    }
    if (terminal) {
      reached = rule.objects().test(objectOf(state));
    }
    reaches.put(key, reached);
    return reached;
  }

  private StateBatch child(StateBatch state, int action) {
    StateBatch child = state.copy();
    environment.step(child, new int[] {action}, new int[1]);
    return child;
  }

  private double[] scaled(StateBatch state) {
    float[] unscaled =
        logits.computeIfAbsent(key(state), ignored -> policy.forwardLogits(state, beta));
    float[] scale = policy.forwardScale(beta);
    double[] scaled = new double[environment.actionCount()];
    for (int head = 0; head < policy.heads(); head++) {
      for (int action = 0; action < scaled.length; action++) {
        scaled[action] += (double) scale[head] * unscaled[head * scaled.length + action];
      }
    }
    return scaled;
  }

  private static double[] softmax(double[] scaled, boolean[] mask) {
    double[] weights = new double[scaled.length];
    for (int action = 0; action < scaled.length; action++) {
      weights[action] = mask[action] ? Math.exp(scaled[action]) : 0;
    }
    return normalised(weights);
  }

  private static double[] nucleus(double[] probability, double reached) {
    double[] rising = probability.clone();
    Arrays.sort(rising);
    double sum = 0;
    int place = rising.length;
    while (sum < reached - 1e-9 && place > 0) {
      sum += rising[--place];
    }
    double least = place == rising.length ? 0 : rising[place];
    double[] kept = probability.clone();
    for (int action = 0; action < kept.length; action++) {
      kept[action] = kept[action] >= least ? kept[action] : 0;
    }
    return normalised(kept);
  }

  private static double[] normalised(double[] weights) {
    double total = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / total).toArray();
  }

  private static int best(double[] probability) {
    int best = 0;
    for (int action = 1; action < probability.length; action++) {
      best = probability[action] > probability[best] ? action : best;
    }
    return best;
  }

  private String objectOf(StateBatch state) {
    ObjectBatch objects = environment.objects(state);
    List<String> names = new ArrayList<>();
    for (int position = 0; position < objects.lengths()[0]; position++) {
      names.add(environment.tokens().get(objects.tokens()[position]));
    }
    return String.join(environment.separator(), names);
  }

  private static List<Integer> key(StateBatch state) {
    List<Integer> key = new ArrayList<>(state.width() + 1);
    key.add(state.steps()[0]);
    for (int cell : state.cells()) {
      key.add(cell);
    }
    return key;
  }

  /** Which actions a step may take, whatever the object. */
  @FunctionalInterface
  interface ActionRule {
    boolean permits(int step, int action);
  }

  /** What may be drawn. */
  record Rule(boolean greedy, double topP, ActionRule actions, Predicate<String> objects) {}

  /** A trajectory to an object. */
  record Trajectory(String object, double logPf, double logPfDrawn) {}
}
