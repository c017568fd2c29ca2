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
 * every parent comes before its children.
 */
public final class ExactDistribution {
  /** The most states that are enumerated. */
  public static final long MAXIMUM_STATES = 10_000_000;

  private static final int CHUNK = 4096;

  /** The most features or action probabilities that are held at once. */
  private static final int CHUNK_NUMBERS = 1 << 24;

  private ExactDistribution() {}

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
   * Computes the distribution at one β.
   *
   * @param environment an environment that {@link #covers covers} accepts
   * @param policy the policy
   * @param beta inverse temperature, positive
   * @return p(x; β) by the index of the object; sums to 1 up to rounding
   */
  public static double[] compute(Environment environment, StatePolicy policy, float beta) {
    ActionDistribution distribution = new ActionDistribution(policy, environment.actionCount());
    float[] scale = policy.forwardScale(new float[] {beta});
    int chunk = chunk(environment);
    double[] objects = new double[Math.toIntExact(environment.objectCount().orElseThrow())];
    double[] reached = {1};
    for (int steps = 0; steps <= environment.maximumSteps(); steps++) {
      double[] next = new double[count(environment, steps + 1)];
      for (int first = 0; first < reached.length; first += chunk) {
        int rows = Math.min(chunk, reached.length - first);
        StateBatch all = environment.states(steps, first, rows);
        boolean[] terminal = terminalRows(environment, all);
        addToObjects(environment, all, terminal, reached, first, objects);
        int[] open = IntStream.range(0, rows).filter(row -> !terminal[row]).toArray();
        if (open.length > 0) {
          StateBatch states = all.select(open);
          float[] betas = new float[open.length];
          Arrays.fill(betas, beta);
          float[] logits = policy.forwardLogits(states, betas);
          double[] flow = edgeFlow(environment, distribution, logits, scale, states);
          for (int edge = 0; edge < flow.length; edge++) {
            flow[edge] *= reached[first + open[edge / environment.actionCount()]];
          }
          addToChildren(environment, states, flow, next);
        }
      }
      reached = next;
    }
    return objects;
  }

  private static int chunk(Environment environment) {
    int width = Math.max(environment.featureCount(), environment.actionCount());
    return Math.max(1, Math.min(CHUNK, CHUNK_NUMBERS / width));
  }

  /** Tells which states no action leaves. */
  private static boolean[] terminalRows(Environment environment, StateBatch states) {
    int actionCount = environment.actionCount();
    boolean[] mask = new boolean[states.rows() * actionCount];
    environment.forwardMask(states, mask);
    boolean[] terminal = new boolean[states.rows()];
    Arrays.fill(terminal, true);
    for (int i = 0; i < mask.length; i++) {
      terminal[i / actionCount] &= !mask[i];
    }
    return terminal;
  }

  private static void addToObjects(
      Environment environment,
      StateBatch states,
      boolean[] terminal,
      double[] reached,
      int first,
      double[] objects) {
    int[] rows = IntStream.range(0, states.rows()).filter(row -> terminal[row]).toArray();
    long[] indices = new long[rows.length];
    environment.objectIndices(environment.objects(states.select(rows)), indices);
    for (int i = 0; i < rows.length; i++) {
      objects[(int) indices[i]] = reached[first + rows[i]];
    }
  }

  /** Computes P_F of every action of every state, [N, A]. */
  private static double[] edgeFlow(
      Environment environment,
      ActionDistribution distribution,
      float[] logits,
      float[] scale,
      StateBatch states) {
    int actionCount = environment.actionCount();
    boolean[] mask = new boolean[states.rows() * actionCount];
    environment.forwardMask(states, mask);
    double[] flow = new double[states.rows() * actionCount];
    for (int row = 0; row < states.rows(); row++) {
      distribution.set(logits, scale, mask, row, 0);
      for (int action = 0; action < actionCount; action++) {
        flow[row * actionCount + action] = distribution.probability(action);
      }
    }
    return flow;
  }

  private static void addToChildren(
      Environment environment, StateBatch states, double[] flow, double[] next) {
    int rows = states.rows();
    int actionCount = environment.actionCount();
    boolean[] mask = new boolean[rows * actionCount];
    environment.forwardMask(states, mask);
    int[] actions = new int[rows];
    int[] twins = new int[rows];
    long[] indices = new long[rows];
    for (int action = 0; action < actionCount; action++) {
      StateBatch children = states.copy();
      for (int row = 0; row < rows; row++) {
        actions[row] = mask[row * actionCount + action] ? action : -1;
      }
      environment.step(children, actions, twins);
      environment.indices(children, indices);
      for (int row = 0; row < rows; row++) {
        if (actions[row] >= 0) {
          next[(int) indices[row]] += flow[row * actionCount + action];
        }
      }
    }
  }

  private static int count(Environment environment, int steps) {
    return steps > environment.maximumSteps()
        ? 0
        : Math.toIntExact(environment.stateCount(steps).orElseThrow());
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
    double maximum = beta * Arrays.stream(logRewards).max().orElseThrow();
    return maximum
        + Math.log(Arrays.stream(logRewards).map(x -> Math.exp(beta * x - maximum)).sum());
  }

  /**
   * Computes the total variation ½ Σ |p − q|.
   *
   * @param p a distribution
   * @param q another over the same objects
   */
  public static double totalVariation(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += Math.abs(p[i] - q[i]);
    }
    return sum / 2;
  }
}
