package io.logitflow.exporter.parity;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.trajectory.ActionDistribution;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import java.util.Arrays;

/**
 * The intervals of the cumulative distributions that the actions of a batch of trajectories own.
 * Uniforms at their middles draw the same trajectories, as far from rounding as can be.
 */
final class ChosenIntervals {
  private static final float LARGEST_BELOW_ONE = Math.nextDown(1f);

  private final TrajectoryBatch trajectories;
  private final ActionDistribution distribution;
  private final float[] scale;
  private final int actionCount;
  private final float[] middles;
  private final double[] margins;

  /**
   * Creates the intervals of no step.
   *
   * @param environment where the trajectories run
   * @param trained the policy that they are drawn from
   * @param betas [N] inverse temperatures
   * @param trajectories N trajectories
   */
  ChosenIntervals(
      Environment environment, StatePolicy trained, float[] betas, TrajectoryBatch trajectories) {
    this.trajectories = trajectories;
    this.actionCount = environment.actionCount();
    this.distribution = new ActionDistribution(trained, actionCount);
    this.scale = trained.forwardScale(betas);
    this.middles = new float[trajectories.actions().length];
    this.margins = new double[trajectories.rows()];
    Arrays.fill(margins, Double.POSITIVE_INFINITY);
  }

  /**
   * Takes in a step.
   *
   * @param step its slot
   * @param logits [N, K, A] unscaled, of the states before it
   */
  void add(int step, float[] logits) {
    int rows = trajectories.rows();
    int width = rows * actionCount;
    boolean[] mask =
        Arrays.copyOfRange(trajectories.forwardMask(), step * width, (step + 1) * width);
    for (int row = 0; row < rows; row++) {
      int action = trajectories.actions()[step * rows + row];
      if (action != Environment.NO_ACTION) {
        distribution.set(logits, scale, mask, row, row);
        middles[row * trajectories.maximumSteps() + step] =
            Math.min((float) distribution.middle(action), LARGEST_BELOW_ONE);
        margins[row] = Math.min(margins[row], distribution.probability(action) / 2);
      }
    }
  }

  /** Returns the middles of the steps taken in, [N, T], 0 where a trajectory has no step. */
  float[] middles() {
    return middles;
  }

  /**
   * Returns half the narrowest interval of a trajectory.
   *
   * @param row the trajectory
   */
  double margin(int row) {
    return margins[row];
  }
}
