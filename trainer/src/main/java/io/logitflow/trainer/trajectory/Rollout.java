package io.logitflow.trainer.trajectory;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.Arrays;

/**
 * Draws batches of trajectories: forward with P_F, backward with P_B, from the ends or from states
 * between. A pure function of its arguments.
 */
public final class Rollout {
  private final Environment environment;
  private final int actionCount;
  private final int backwardActionCount;
  private final int maximumSteps;

  /**
   * Creates the rollout of an environment.
   *
   * @param environment where trajectories run
   */
  public Rollout(Environment environment) {
    this.environment = environment;
    this.actionCount = environment.actionCount();
    this.backwardActionCount = environment.backwardActionCount();
    this.maximumSteps = environment.maximumSteps();
  }

  /**
   * Draws trajectories from the root.
   *
   * @param policy the policy
   * @param betas [N] inverse temperatures, one a trajectory
   * @param uniforms [N, T] in [0, 1)
   * @param exploration where to leave the policy
   */
  public SampledTrajectories sample(
      StatePolicy policy, float[] betas, float[] uniforms, Exploration exploration) {
    return sampleFrom(environment.roots(betas.length), policy, betas, uniforms, exploration);
  }

  /**
   * Draws trajectories from given states to terminal ones, each step by the inverse of the
   * cumulative distribution.
   *
   * @param states [N] where they begin; left as they are
   * @param policy the policy
   * @param betas [N] inverse temperatures, one a trajectory
   * @param uniforms [N, T] in [0, 1); a step takes that of its distance from the root
   * @param exploration where to leave the policy
   */
  public SampledTrajectories sampleFrom(
      StateBatch states,
      StatePolicy policy,
      float[] betas,
      float[] uniforms,
      Exploration exploration) {
    int rows = betas.length;
    StateBatch current = states.copy();
    TrajectoryRecorder recorder = new TrajectoryRecorder(environment, rows);
    ActionDistribution distribution = new ActionDistribution(policy, actionCount);
    float[] scale = policy.forwardScale(betas);
    double[] logForward = new double[rows];
    boolean[] mask = new boolean[rows * actionCount];
    int[] actions = new int[rows];
    recorder.recordStates(0, current);
    for (int step = 0; step < maximumSteps; step++) {
      environment.forwardMask(current, mask);
      float[] logits = policy.forwardLogits(current, betas);
      for (int row = 0; row < rows; row++) {
        int valid = current.steps()[row] == step ? validCount(mask, row, actionCount) : 0;
        actions[row] = Environment.NO_ACTION;
        if (valid > 0) {
          distribution.set(logits, scale, mask, row, row);
          int index = row * maximumSteps + step;
          if (exploration.at(index)) {
            actions[row] = nthValid(mask, row, actionCount, (int) (uniforms[index] * valid));
          } else {
            actions[row] = distribution.choose(uniforms[index]);
          }
          logForward[row] += distribution.logProbability(actions[row]);
        }
      }
      recorder.stepForward(step, current, mask, actions);
    }
    return new SampledTrajectories(
        recorder.finish(environment.objects(current)), toFloats(logForward));
  }

  /**
   * Draws trajectories that end in given objects, backward to the root with P_B.
   *
   * @param objects [N]
   * @param policy says what P_B is
   * @param betas [N] inverse temperatures, one a trajectory
   * @param uniforms [N, T] in [0, 1)
   */
  public TrajectoryBatch backward(
      ObjectBatch objects, StatePolicy policy, float[] betas, float[] uniforms) {
    return backward(objects, maximumSteps, policy, betas, uniforms);
  }

  /**
   * Draws the ends of trajectories that end in given objects, some steps backward with P_B.
   *
   * @param objects [N]
   * @param steps the most steps back
   * @param policy says what P_B is
   * @param betas [N] inverse temperatures, one a trajectory
   * @param uniforms [N, T] in [0, 1); a step takes that of the distance of where it leads
   */
  public TrajectoryBatch backward(
      ObjectBatch objects, int steps, StatePolicy policy, float[] betas, float[] uniforms) {
    int rows = objects.rows();
    StateBatch states = environment.terminals(objects);
    int[] nearest = new int[rows];
    for (int row = 0; row < rows; row++) {
      nearest[row] = Math.max(0, states.steps()[row] - steps);
    }
    TrajectoryRecorder recorder = new TrajectoryRecorder(environment, rows);
    BackwardChoice choice = new BackwardChoice(policy, betas);
    boolean[] mask = new boolean[rows * backwardActionCount];
    int[] actions = new int[rows];
    recorder.recordStates(maximumSteps, states);
    for (int step = maximumSteps - 1; step >= 0; step--) {
      environment.backwardMask(states, mask);
      choice.setStates(states);
      for (int row = 0; row < rows; row++) {
        boolean moves = states.steps()[row] == step + 1 && step >= nearest[row];
        float uniform = uniforms[row * maximumSteps + step];
        actions[row] = moves ? choice.choose(mask, row, uniform) : Environment.NO_ACTION;
      }
      recorder.stepBackward(step, states, mask, actions);
    }
    return recorder.finish(objects);
  }

  /**
   * Walks from the root along actions that were taken before.
   *
   * @param taken [T, N] forward actions of trajectories from the root, −1 where there is no step
   * @param rows N
   * @return the same trajectories
   */
  public TrajectoryBatch along(int[] taken, int rows) {
    StateBatch states = environment.roots(rows);
    TrajectoryRecorder recorder = new TrajectoryRecorder(environment, rows);
    boolean[] mask = new boolean[rows * actionCount];
    recorder.recordStates(0, states);
    for (int step = 0; step < maximumSteps; step++) {
      environment.forwardMask(states, mask);
      int[] actions = Arrays.copyOfRange(taken, step * rows, (step + 1) * rows);
      recorder.stepForward(step, states, mask, actions);
    }
    return recorder.finish(environment.objects(states));
  }

  private static int validCount(boolean[] mask, int row, int width) {
    int count = 0;
    for (int i = row * width; i < (row + 1) * width; i++) {
      count += mask[i] ? 1 : 0;
    }
    return count;
  }

  private static int nthValid(boolean[] mask, int row, int width, int n) {
    int remaining = n;
    int index = 0;
    while (!mask[row * width + index] || remaining-- > 0) {
      index++;
    }
    return index;
  }

  private static float[] toFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** The choice of backward actions: by the learned P_B, else uniform over the valid ones. */
  private final class BackwardChoice {
    private final StatePolicy policy;
    private final float[] betas;
    private final ActionDistribution distribution;
    private final float[] scale;
    private float[] logits = new float[0];

    BackwardChoice(StatePolicy policy, float[] betas) {
      this.policy = policy;
      this.betas = betas;
      this.distribution = new ActionDistribution(policy, backwardActionCount);
      this.scale = policy.learnsBackward() ? policy.backwardScale(betas) : new float[0];
    }

    void setStates(StateBatch states) {
      if (policy.learnsBackward()) {
        logits = policy.backwardLogits(states, betas);
      }
    }

    int choose(boolean[] mask, int row, float uniform) {
      if (policy.learnsBackward()) {
        distribution.set(logits, scale, mask, row, row);
        return distribution.choose(uniform);
      }
      int valid = validCount(mask, row, backwardActionCount);
      return nthValid(mask, row, backwardActionCount, (int) (uniform * valid));
    }
  }
}
