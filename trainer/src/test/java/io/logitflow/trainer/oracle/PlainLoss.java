package io.logitflow.trainer.oracle;

import io.logitflow.trainer.config.ObjectiveConfig;
import io.logitflow.trainer.config.ObjectiveConfig.LogPartitionVariance;
import io.logitflow.trainer.config.ObjectiveConfig.SubTrajectoryBalance;
import io.logitflow.trainer.config.ObjectiveConfig.TrajectoryBalance;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.objective.TrainingBatch;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The objectives written out from their papers in plain doubles, one trajectory and one step at a
 * time: each trajectory is walked again from the root, and of the batch only the actions, the β and
 * the log rewards are read.
 */
public final class PlainLoss {
  private final ObjectiveConfig objective;
  private final Environment environment;
  private final TrainingBatch batch;

  /**
   * Takes a batch.
   *
   * @param objective which loss
   * @param environment where the trajectories run
   * @param batch N trajectories from the root
   */
  public PlainLoss(ObjectiveConfig objective, Environment environment, TrainingBatch batch) {
    this.objective = objective;
    this.environment = environment;
    this.batch = batch;
  }

  /**
   * Computes the loss of each trajectory, [N].
   *
   * @param network the parameters that the loss is a function of
   * @param detached the parameters behind what no gradient flows through
   */
  public double[] losses(PlainNetwork network, PlainNetwork detached) {
    if (objective instanceof LogPartitionVariance variance) {
      return logPartitionVariance(network, detached, variance.group());
    }
    return IntStream.range(0, batch.rows()).mapToDouble(row -> loss(row, network)).toArray();
  }

  private double loss(int row, PlainNetwork network) {
    Walk walk = new Walk(row, network);
    int steps = walk.steps;
    if (objective instanceof TrajectoryBalance) {
      double residual = network.logPartition(batch.betas()[row]) - estimate(row, network);
      return residual * residual;
    }
    if (objective instanceof SubTrajectoryBalance sub) {
      double sum = 0;
      double weights = 0;
      for (int i = 0; i < steps; i++) {
        for (int j = i + 1; j <= steps; j++) {
          double weight = Math.pow(sub.lambda(), j - i);
          sum += weight * Math.pow(walk.residual(i, j), 2);
          weights += weight;
        }
      }
      return sum / weights;
    }
    double sum = 0;
    for (int step = 0; step < steps; step++) {
      sum += Math.pow(walk.residual(step, step + 1), 2);
    }
    return sum / steps;
  }

  private double[] logPartitionVariance(PlainNetwork network, PlainNetwork detached, int group) {
    double[] losses = new double[batch.rows()];
    for (int first = 0; first < losses.length; first += group) {
      double[] estimates =
          IntStream.range(first, first + group)
              .mapToDouble(row -> estimate(row, network))
              .toArray();
      double mean = Arrays.stream(estimates).average().orElseThrow();
      for (int row = first; row < first + group; row++) {
        double fit = network.logPartition(batch.betas()[row]) - estimate(row, detached);
        losses[row] = Math.pow(estimates[row - first] - mean, 2) + fit * fit;
      }
    }
    return losses;
  }

  /** Computes what a trajectory says of log Z: β log R + log P_B − log P_F. */
  private double estimate(int row, PlainNetwork network) {
    Walk walk = new Walk(row, network);
    return batch.betas()[row] * batch.logRewards()[row]
        + Arrays.stream(walk.logBackward).sum()
        - Arrays.stream(walk.logForward).sum();
  }

  /** One trajectory, walked. */
  private final class Walk {
    private final PlainNetwork network;
    private final float beta;
    private final double logTarget;
    private final int steps;
    private final double[] logForward;
    private final double[] logBackward;
    private final StateBatch[] states;

    Walk(int row, PlainNetwork network) {
      this.network = network;
      int rows = batch.rows();
      int[] actions =
          IntStream.range(0, environment.maximumSteps())
              .map(step -> batch.trajectories().actions()[step * rows + row])
              .filter(action -> action >= 0)
              .toArray();
      this.beta = batch.betas()[row];
      this.logTarget = beta * batch.logRewards()[row];
      this.steps = actions.length;
      this.logForward = new double[steps];
      this.logBackward = new double[steps];
      this.states = new StateBatch[steps + 1];
      states[0] = environment.roots(1);
      int[] twin = new int[1];
      for (int step = 0; step < steps; step++) {
        states[step + 1] = states[step].copy();
        environment.step(states[step + 1], new int[] {actions[step]}, twin);
        logForward[step] = network.logForward(states[step], actions[step], beta);
        logBackward[step] = network.logBackward(states[step + 1], twin[0], beta);
      }
    }

    /** Computes what the steps from i to j leave of log F(s_i) + log P_F − log F(s_j) − log P_B. */
    double residual(int i, int j) {
      double residual = logFlow(i) - logFlow(j);
      for (int step = i; step < j; step++) {
        residual += logForward[step] - logBackward[step];
      }
      return residual;
    }

    private double logFlow(int step) {
      return step == steps ? logTarget : network.logStateFlow(states[step], beta);
    }
  }
}
