package io.logitflow.trainer.objective;

import ai.djl.ndarray.NDArray;
import io.logitflow.trainer.policy.BoundParameters;

/**
 * Trajectory balance with log cosh in place of the square: as good as it near the minimum, linear
 * far from it, so that a few rewards out of all proportion pull less.
 */
final class RobustTrajectoryBalance implements Objective {
  private static final double LOG_TWO = Math.log(2);

  private final TrajectoryTerms terms;

  RobustTrajectoryBalance(TrajectoryTerms terms) {
    this.terms = terms;
  }

  @Override
  public NDArray losses(BoundParameters parameters, TrainingBatch batch) {
    TrajectoryTerms.Terms of = terms.load(parameters, batch);
    NDArray ratio = of.forward().sub(of.backward()).sum(new int[] {0});
    NDArray distance = of.logPartition().add(ratio).sub(of.logTarget()).abs();
    // log cosh d = d + log(1 + e^(-2d)) - log 2, which no distance overflows.
    return distance.mul(-2).exp().add(1).log().add(distance).sub(LOG_TWO);
  }
}
