package io.logitflow.trainer.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.training.GradientCollector;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.trainer.config.OptimiserConfig;
import io.logitflow.trainer.objective.Objective;
import io.logitflow.trainer.objective.TrainingBatch;
import io.logitflow.trainer.policy.BoundParameters;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.ParameterGroup;
import io.logitflow.trainer.policy.ParameterLayout;
import io.logitflow.trainer.policy.TensorEngine;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parameters in training: one step on a batch moves them, and their average with them. */
final class GradientStep implements AutoCloseable {
  private final ParameterLayout layout;
  private final Objective objective;
  private final NDArray vector;
  private final NDArray values;
  private final Adam optimiser;
  private final @Nullable ParameterAverage average;

  /**
   * What a step shows.
   *
   * @param losses [N] the loss of each trajectory
   * @param loss their mean
   * @param gradientNorms L2 norm of each group's gradient before it was shortened
   */
  record Outcome(float[] losses, double loss, Map<ParameterGroup, Double> gradientNorms) {}

  /**
   * Takes up parameters.
   *
   * @param manager owner of the tensors
   * @param network the networks
   * @param objective the loss
   * @param config the optimiser
   * @param start parameters, their average and the optimiser's moments
   */
  GradientStep(
      NDManager manager,
      GFlowNet network,
      Objective objective,
      OptimiserConfig config,
      TrainingState start) {
    this.layout = network.layout();
    this.objective = objective;
    this.vector = manager.create(start.parameters());
    vector.setRequiresGradient(true);
    // The same memory without the gradient's bookkeeping, for sampling and in-place updates.
    this.values = vector.stopGradient();
    this.optimiser = new Adam(manager, layout, config, start.moments());
    this.average =
        config.average() == null
            ? null
            : new ParameterAverage(
                manager, config.average().decay(), start.average().orElse(start.parameters()));
  }

  /** Returns the live parameters, [P], without gradient. */
  NDArray values() {
    return values;
  }

  /**
   * Takes one step.
   *
   * @param batch what to learn from
   * @param factor the schedule's factor on all learning rates
   * @param round the round, for messages
   * @throws LogitFlowException if loss or gradient are not finite; the parameters are then not to
   *     be trusted
   */
  Outcome take(TrainingBatch batch, double factor, long round) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray losses;
      double mean;
      try (GradientCollector collector = TensorEngine.engine().newGradientCollector()) {
        losses = objective.losses(new BoundParameters(layout, vector), batch);
        NDArray loss = losses.mean();
        mean = loss.getFloat();
        if (!Double.isFinite(mean)) {
          throw new LogitFlowException(
              Category.FAILED,
              "training: found a loss of "
                  + mean
                  + " in round "
                  + round
                  + ", expected a finite one; a lower learning rate may help");
        }
        collector.backward(loss);
      }
      NDArray gradient = vector.getGradient();
      Map<ParameterGroup, Double> norms = optimiser.step(values, gradient, factor);
      gradient.subi(gradient); // PyTorch adds to gradients until they are zeroed.
      if (average != null) {
        average.update(values, optimiser.steps());
      }
      return new Outcome(losses.toFloatArray(), mean, norms);
    }
  }

  /**
   * Returns a copy of the parameters.
   *
   * @param round rounds done, for messages
   * @throws LogitFlowException if one is not finite: such a state is worth nothing
   */
  float[] parameters(long round) {
    float[] parameters = values.toFloatArray();
    for (float parameter : parameters) {
      if (!Float.isFinite(parameter)) {
        throw new LogitFlowException(
            Category.FAILED,
            "training: found a parameter of "
                + parameter
                + " after round "
                + round
                + ", expected finite ones; a lower learning rate may help");
      }
    }
    return parameters;
  }

  /** Returns a copy of the average of the parameters, [P], where one is kept. */
  Optional<float[]> average() {
    return Optional.ofNullable(average).map(ParameterAverage::values);
  }

  /** Returns a copy of the optimiser's moments. */
  Moments moments() {
    return optimiser.moments();
  }

  @Override
  public void close() {
    optimiser.close();
  }
}
