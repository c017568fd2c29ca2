package io.logitflow.trainer.trajectory;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.Arrays;

/**
 * Draws batches of trajectories: forward with a policy, backward with the uniform P_B. A pure
 * function of its arguments.
 */
public final class Rollout {
  private final Environment environment;
  private final int actionCount;
  private final int maximumSteps;

  /**
   * Creates the rollout of an environment.
   *
   * @param environment where trajectories run
   */
  public Rollout(Environment environment) {
    this.environment = environment;
    this.actionCount = environment.actionCount();
    this.maximumSteps = environment.maximumSteps();
  }

  /**
   * Draws trajectories from the root, each step by the inverse of the cumulative distribution.
   *
   * @param policy the policy
   * @param betas [N] inverse temperatures, one a trajectory
   * @param uniforms [N, T] in [0, 1)
   * @param exploration where to leave the policy
   */
  public SampledTrajectories sample(
      StatePolicy policy, float[] betas, float[] uniforms, Exploration exploration) {
    int rows = betas.length;
    Recorder recorder = new Recorder(rows);
    ActionDistribution distribution = new ActionDistribution(policy, actionCount);
    float[] scale = policy.forwardScale(betas);
    double[] logForward = new double[rows];
    float[] boundaryDistance = new float[rows];
    Arrays.fill(boundaryDistance, Float.POSITIVE_INFINITY);
    StateBatch states = environment.roots(rows);
    boolean[] mask = new boolean[rows * actionCount];
    int[] actions = new int[rows];
    for (int step = 0; step < maximumSteps; step++) {
      environment.forwardMask(states, mask);
      float[] logits = policy.forwardLogits(states);
      for (int row = 0; row < rows; row++) {
        int valid = validCount(mask, row, actionCount);
        actions[row] = -1;
        if (valid > 0) {
          distribution.set(logits, scale, mask, row, row);
          int index = row * maximumSteps + step;
          if (exploration.at(index)) {
            actions[row] = nthValid(mask, row, actionCount, (int) (uniforms[index] * valid));
          } else {
            actions[row] = distribution.choose(uniforms[index]);
            boundaryDistance[row] =
                Math.min(boundaryDistance[row], (float) distribution.boundaryDistance());
          }
          logForward[row] += distribution.logProbability(actions[row]);
        }
      }
      recorder.recordForward(step, states, mask, actions);
    }
    return new SampledTrajectories(
        recorder.finish(environment.objects(states)), toFloats(logForward), boundaryDistance);
  }

  /**
   * Draws trajectories that end in given objects, backward with the uniform P_B.
   *
   * @param objects [N]
   * @param uniforms [N, T] in [0, 1)
   */
  public TrajectoryBatch backward(ObjectBatch objects, float[] uniforms) {
    int rows = objects.rows();
    Recorder recorder = new Recorder(rows);
    StateBatch states = environment.terminals(objects);
    int backwardCount = environment.backwardActionCount();
    boolean[] mask = new boolean[rows * backwardCount];
    int[] backwardActions = new int[rows];
    for (int step = maximumSteps - 1; step >= 0; step--) {
      environment.backwardMask(states, mask);
      for (int row = 0; row < rows; row++) {
        backwardActions[row] = -1;
        if (states.steps()[row] == step + 1) {
          int valid = validCount(mask, row, backwardCount);
          int pick = (int) (uniforms[row * maximumSteps + step] * valid);
          backwardActions[row] = nthValid(mask, row, backwardCount, pick);
          recorder.addLogBackward(row, valid);
        }
      }
      recorder.recordBackward(step, states, backwardActions);
    }
    return recorder.finish(objects);
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

  /** The arrays of a batch while it grows. */
  private final class Recorder {
    private final int rows;
    private final StateBatch visited;
    private final boolean[] forwardMask;
    private final int[] actions;
    private final int[] backwardActions;
    private final double[] logBackward;
    private final int[] twins;
    private final boolean[] backwardMask;
    private final boolean[] stepMask;

    Recorder(int rows) {
      this.rows = rows;
      this.visited = new StateBatch(maximumSteps * rows, environment.roots(1).width());
      this.forwardMask = new boolean[maximumSteps * rows * actionCount];
      this.actions = new int[maximumSteps * rows];
      this.backwardActions = new int[maximumSteps * rows];
      this.logBackward = new double[rows];
      this.twins = new int[rows];
      this.backwardMask = new boolean[rows * environment.backwardActionCount()];
      this.stepMask = new boolean[rows * actionCount];
    }

    void recordForward(int step, StateBatch states, boolean[] mask, int[] taken) {
      visited.put(states, step * rows);
      System.arraycopy(mask, 0, forwardMask, step * rows * actionCount, mask.length);
      System.arraycopy(taken, 0, actions, step * rows, rows);
      environment.step(states, taken, twins);
      environment.backwardMask(states, backwardMask);
      for (int row = 0; row < rows; row++) {
        boolean moved = taken[row] >= 0;
        backwardActions[step * rows + row] = moved ? twins[row] : -1;
        if (moved) {
          addLogBackward(row, validCount(backwardMask, row, environment.backwardActionCount()));
        }
      }
    }

    void recordBackward(int step, StateBatch states, int[] taken) {
      environment.stepBack(states, taken, twins);
      environment.forwardMask(states, stepMask);
      visited.put(states, step * rows);
      System.arraycopy(stepMask, 0, forwardMask, step * rows * actionCount, stepMask.length);
      System.arraycopy(taken, 0, backwardActions, step * rows, rows);
      for (int row = 0; row < rows; row++) {
        actions[step * rows + row] = taken[row] >= 0 ? twins[row] : -1;
      }
    }

    void addLogBackward(int row, int parents) {
      logBackward[row] -= Math.log(parents);
    }

    TrajectoryBatch finish(ObjectBatch objects) {
      return new TrajectoryBatch(
          rows,
          maximumSteps,
          visited,
          forwardMask,
          actions,
          backwardActions,
          objects,
          toFloats(logBackward));
    }
  }
}
