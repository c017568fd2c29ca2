package io.logitflow.trainer.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;

/**
 * An exponential moving average of the parameters over the optimiser's steps, without the weight
 * that it would give to where they started: after n steps those of step k weigh d^(n − k) (1 − d) /
 * (1 − d^n) (Kingma and Ba 2015, section 3, for the same correction), so that after the first it is
 * the parameters themselves.
 */
final class ParameterAverage {
  private final NDArray average;
  private final double decay;

  /**
   * Creates the average.
   *
   * @param manager owner of its tensor
   * @param decay d, 0 to below 1
   * @param start [P] the average so far
   */
  ParameterAverage(NDManager manager, double decay, float[] start) {
    this.average = manager.create(start);
    this.decay = decay;
  }

  /**
   * Takes in the parameters of a step.
   *
   * @param parameters [P]
   * @param steps n, steps taken so far, this one included
   */
  void update(NDArray parameters, long steps) {
    double weight = (1 - decay) / (1 - Math.pow(decay, (double) steps));
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      average.addi(parameters.sub(average).muli((float) weight));
    }
  }

  /** Returns a copy of the average, [P]. */
  float[] values() {
    return average.toFloatArray();
  }
}
