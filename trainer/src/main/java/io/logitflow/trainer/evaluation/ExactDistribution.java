package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.trajectory.ActionDistribution;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The exact distribution p(x; β) of a policy over all objects, by dynamic programming: the
 * probability of reaching each state is the sum over its parents' edges of the probability of
 * reaching the parent times P_F of the edge. States are taken by their distance from the root, so
 * every parent comes before its children. Logarithms throughout: far out in β most probabilities
 * are too small for a double.
 */
public final class ExactDistribution {
  /** The most states that are enumerated. */
  public static final long MAXIMUM_STATES = 25_000_000;

  private final Environment environment;
  private final StatePolicy policy;
  private final float[] betas;
  private final ActionDistribution distribution;

  private ExactDistribution(Environment environment, StatePolicy policy, float[] betas) {
    this.environment = environment;
    this.policy = policy;
    this.betas = betas;
    this.distribution = new ActionDistribution(policy, environment.actionCount());
  }

  /**
   * Tells whether an environment is small enough.
   *
   * @param environment an environment
   */
  public static boolean covers(Environment environment) {
    long states = 0;
    for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
      long count = environment.stateCount(steps).orElse(Long.MAX_VALUE);
      if (count > MAXIMUM_STATES - states) {
        return false;
      }
      states += count;
    }
    return true;
  }

  /**
   * Returns how many log-probabilities are held at each β: of all objects, or of the states of one
   * distance, whichever are more.
   *
   * @param environment an environment that {@link #covers covers} accepts
   */
  static long held(Environment environment) {
    return IntStream.rangeClosed(0, environment.maximumSteps())
        .mapToLong(steps -> environment.stateCount(steps).orElseThrow())
        .reduce(environment.objectCount().orElseThrow(), Math::max);
  }

  /**
   * Computes the distribution at one β.
   *
   * @param environment an environment that {@link #covers covers} accepts
   * @param policy the policy
   * @param beta inverse temperature, positive
   * @return p(x; β) by the index of the object; sums to 1 up to rounding
   */
  public static double[] compute(Environment environment, StatePolicy policy, float beta) {
    double[] logProbabilities = logProbabilities(environment, policy, beta)[0];
    Arrays.setAll(logProbabilities, object -> Math.exp(logProbabilities[object]));
    return logProbabilities;
  }

  /**
   * Computes the distributions at several β in one pass over the states, which asks the policy once
   * for all of them where β does not enter by its layers.
   *
   * @param environment an environment that {@link #covers covers} accepts
   * @param policy the policy
   * @param betas [B] inverse temperatures, positive
   * @return log p(x; β), [B, objects] by the index of the object
   */
  public static double[][] logProbabilities(
      Environment environment, StatePolicy policy, float... betas) {
    return new ExactDistribution(environment, policy, betas).run();
  }

  private double[][] run() {
    int chunk = BatchSize.states(environment);
    double[][] objects =
        new double[betas.length][Math.toIntExact(environment.objectCount().orElseThrow())];
    double[][] reached = new double[betas.length][1];
    for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
      double[][] next = new double[betas.length][count(steps + 1)];
      Arrays.stream(next).forEach(level -> Arrays.fill(level, Double.NEGATIVE_INFINITY));
      int count = count(steps);
      for (int first = 0; first < count; first += chunk) {
        StateBatch states = environment.states(steps, first, Math.min(chunk, count - first));
        boolean[] mask = new boolean[states.rows() * environment.actionCount()];
        environment.forwardMask(states, mask);
        boolean[] open = openRows(states.rows(), mask);
        finish(states, open, first, reached, objects);
        int[] rows = IntStream.range(0, open.length).filter(row -> open[row]).toArray();
        if (rows.length > 0) {
          advance(states.select(rows), plus(rows, first), reached, next);
        }
      }
      reached = next;
    }
    return objects;
  }

  /** Tells which states an action leaves. */
  private boolean[] openRows(int rows, boolean[] mask) {
    boolean[] open = new boolean[rows];
    for (int i = 0; i < mask.length; i++) {
      open[i / environment.actionCount()] |= mask[i];
    }
    return open;
  }

  /** Takes over what terminal states have been reached with. */
  private void finish(
      StateBatch states, boolean[] open, int first, double[][] reached, double[][] objects) {
    int[] rows = IntStream.range(0, open.length).filter(row -> !open[row]).toArray();
    long[] indices = new long[rows.length];
    environment.objectIndices(environment.objects(states.select(rows)), indices);
    for (int b = 0; b < betas.length; b++) {
      for (int i = 0; i < rows.length; i++) {
        objects[b][(int) indices[i]] = reached[b][first + rows[i]];
      }
    }
  }

  /**
   * Adds what states have been reached with to their children.
   *
   * @param states [N] none of them terminal
   * @param positions [N] of each among the states of its distance
   */
  private void advance(StateBatch states, int[] positions, double[][] reached, double[][] next) {
    int actionCount = environment.actionCount();
    boolean[] mask = new boolean[states.rows() * actionCount];
    environment.forwardMask(states, mask);
    int[] children = children(states, mask);
    float[] logits = new float[0];
    for (int b = 0; b < betas.length; b++) {
      if (b == 0 || policy.logitsReadBeta()) {
        float[] same = new float[states.rows()];
        Arrays.fill(same, betas[b]);
        logits = policy.forwardLogits(states, same);
      }
      float[] scale = policy.forwardScale(new float[] {betas[b]});
      for (int row = 0; row < states.rows(); row++) {
        distribution.set(logits, scale, mask, row, 0);
        for (int action = 0; action < actionCount; action++) {
          int edge = row * actionCount + action;
          if (mask[edge]) {
            double flow = reached[b][positions[row]] + distribution.logProbability(action);
            next[b][children[edge]] = LogSum.add(next[b][children[edge]], flow);
          }
        }
      }
    }
  }

  /** Returns the index of the child behind each action, [N, A]; 0 where it is not valid. */
  private int[] children(StateBatch states, boolean[] mask) {
    int rows = states.rows();
    int actionCount = environment.actionCount();
    int[] children = new int[mask.length];
    int[] actions = new int[rows];
    int[] twins = new int[rows];
    long[] indices = new long[rows];
    for (int action = 0; action < actionCount; action++) {
      StateBatch moved = states.copy();
      for (int row = 0; row < rows; row++) {
        actions[row] = mask[row * actionCount + action] ? action : Environment.NO_ACTION;
      }
      environment.step(moved, actions, twins);
      environment.indices(moved, indices);
      for (int row = 0; row < rows; row++) {
        children[row * actionCount + action] = actions[row] < 0 ? 0 : (int) indices[row];
      }
    }
    return children;
  }

  private int count(int steps) {
    return steps > environment.maximumSteps()
        ? 0
        : Math.toIntExact(environment.stateCount(steps).orElseThrow());
  }

  private static int[] plus(int[] rows, int first) {
    return Arrays.stream(rows).map(row -> row + first).toArray();
  }

  /**
   * Computes the target p(x; β) ∝ R(x)^β.
   *
   * @param logRewards log R of every object
   * @param beta inverse temperature
   * @return the distribution, in the same order
   */
  public static double[] target(double[] logRewards, double beta) {
    double logPartition = logPartition(logRewards, beta);
    return Arrays.stream(logRewards)
        .map(logReward -> Math.exp(beta * logReward - logPartition))
        .toArray();
  }

  /**
   * Computes log Z(β) = log Σ R(x)^β.
   *
   * @param logRewards log R of every object
   * @param beta inverse temperature
   */
  public static double logPartition(double[] logRewards, double beta) {
    return LogSum.of(Arrays.stream(logRewards).map(logReward -> beta * logReward).toArray());
  }
}
