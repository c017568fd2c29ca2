package io.logitflow.trainer.oracle;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The forward policy that samples R(x)^β exactly, as a table at a few β: the flow of a terminal
 * state is R(x)^β, a uniform P_B divides the flow of a state among its parents' edges, and the
 * logit of an action is the logarithm of its edge's flow (Bengio et al. 2021, "Flow Network based
 * Generative Models").
 */
public final class PerfectPolicy implements StatePolicy {
  private final Environment environment;
  private final Map<Float, List<double[]>> logFlows = new HashMap<>();

  /**
   * Fills the tables.
   *
   * @param environment a small one
   * @param logRewards log R of every object by its index
   * @param betas inverse temperatures
   */
  public PerfectPolicy(Environment environment, double[] logRewards, float... betas) {
    this.environment = environment;
    for (float beta : betas) {
      logFlows.put(beta, flows(logRewards, beta));
    }
  }

  /** By the distance from the root, log of the flow of every action of every state. */
  private List<double[]> flows(double[] logRewards, float beta) {
    int actions = environment.actionCount();
    double[][] flows = new double[environment.maximumSteps() + 1][];
    for (int steps = 0; steps < flows.length; steps++) {
      flows[steps] = new double[states(steps).rows() * actions];
      Arrays.fill(flows[steps], Double.NEGATIVE_INFINITY);
    }
    for (int steps = flows.length - 1; steps > 0; steps--) {
      StateBatch states = states(steps);
      for (int row = 0; row < states.rows(); row++) {
        StateBatch state = states.rows(row, 1);
        double flow = logFlow(flows[steps], row, state, logRewards, beta);
        boolean[] mask = new boolean[environment.backwardActionCount()];
        environment.backwardMask(state, mask);
        int parents = 0;
        for (boolean valid : mask) {
          parents += valid ? 1 : 0;
        }
        for (int action = 0; action < mask.length; action++) {
          if (mask[action]) {
            StateBatch parent = state.copy();
            int[] twin = new int[1];
            environment.stepBack(parent, new int[] {action}, twin);
            long[] index = new long[1];
            environment.indices(parent, index);
            flows[steps - 1][(int) index[0] * actions + twin[0]] = flow - Math.log(parents);
          }
        }
      }
    }
    return List.of(flows);
  }

  private double logFlow(
      double[] flows, int row, StateBatch state, double[] logRewards, float beta) {
    int actions = environment.actionCount();
    boolean[] mask = new boolean[actions];
    environment.forwardMask(state, mask);
    double sum = 0;
    boolean terminal = true;
    for (int action = 0; action < actions; action++) {
      terminal &= !mask[action];
      sum += mask[action] ? Math.exp(flows[row * actions + action]) : 0;
    }
    if (terminal) {
      long[] index = new long[1];
      environment.objectIndices(environment.objects(state), index);
      return beta * logRewards[(int) index[0]];
    }
    return Math.log(sum);
  }

  private StateBatch states(int steps) {
    return environment.states(steps, 0, (int) environment.stateCount(steps).orElseThrow());
  }

  @Override
  public int heads() {
    return 1;
  }

  @Override
  public float[] forwardLogits(StateBatch states, float[] betas) {
    int actions = environment.actionCount();
    long[] indices = new long[states.rows()];
    environment.indices(states, indices);
    float[] logits = new float[states.rows() * actions];
    for (int i = 0; i < logits.length; i++) {
      int row = i / actions;
      double[] flows = logFlows.getOrDefault(betas[row], List.of()).get(states.steps()[row]);
      double flow = flows[(int) indices[row] * actions + i % actions];
      logits[i] = flow == Double.NEGATIVE_INFINITY ? 0 : (float) flow;
    }
    return logits;
  }

  @Override
  public float[] forwardScale(float[] betas) {
    float[] ones = new float[betas.length];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Override
  public boolean learnsBackward() {
    return false;
  }

  @Override
  public float[] backwardLogits(StateBatch states, float[] betas) {
    throw new UnsupportedOperationException("P_B is uniform");
  }

  @Override
  public float[] backwardScale(float[] betas) {
    throw new UnsupportedOperationException("P_B is uniform");
  }

  @Override
  public float[] logPartition(float[] betas) {
    float[] values = new float[betas.length];
    for (int i = 0; i < values.length; i++) {
      double[] root = logFlows.getOrDefault(betas[i], List.of()).get(0);
      values[i] = (float) Math.log(Arrays.stream(root).map(Math::exp).sum());
    }
    return values;
  }

  @Override
  public OptionalDouble logitClamp() {
    return OptionalDouble.empty();
  }
}
