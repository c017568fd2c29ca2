package io.logitflow.trainer.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.training.GradientCollector;
import com.google.common.primitives.Floats;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.trainer.config.OptimiserConfig;
import io.logitflow.trainer.objective.Objective;
import io.logitflow.trainer.objective.TrainingBatch;
import io.logitflow.trainer.policy.BoundParameters;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.ParameterGroup;
import io.logitflow.trainer.policy.ParameterLayout;
import io.logitflow.trainer.policy.TensorEngine;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The parameters in training: one step on a batch moves them, and their average with them. */
final class GradientStep implements AutoCloseable {
  private final ParameterLayout layout;
  private final Objective objective;
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
    this.values = manager.create(start.parameters());
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
   * @throws LogitFlowException if loss, gradient or the parameters behind the step are not finite;
   *     the parameters are then of no more use
   */
  Outcome take(TrainingBatch batch, double factor, long round) {
    return take(batch, factor, round, StepClock.NONE);
  }

  /**
   * Takes one step, telling a clock as its parts end.
   *
   * @param batch what to learn from
   * @param factor the schedule's factor on all learning rates
   * @param round the round, for messages
   * @param clock is told
   * @throws LogitFlowException as above
   */
  Outcome take(TrainingBatch batch, double factor, long round, StepClock clock) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      // The same memory as a new leaf: its gradient needs neither zeroing nor adding up.
      NDArray vector = values.stopGradient();
      vector.setRequiresGradient(true);
      float[] losses;
      double mean;
      try (GradientCollector collector = TensorEngine.engine().newGradientCollector()) {
        NDArray loss = objective.losses(new BoundParameters(layout, vector), batch);
        losses = loss.toFloatArray();
        mean = mean(losses);
        if (!Double.isFinite(mean)) {
          throw new LogitFlowException(
              Category.FAILED,
              "training: found a loss of "
                  + mean
                  + " in round "
                  + round
                  + ", expected a finite one; a lower "
                  + Adam.learningRateKey(ParameterGroup.POLICY)
                  + " may help");
        }
        clock.ended(StepPart.FORWARD);
        collector.backward(loss.mean());
      }
      clock.ended(StepPart.BACKWARD);
      Map<ParameterGroup, Double> norms =
          optimiser.step(values, vector.getGradient(), factor, round);
      requireFinite(round);
      if (average != null) {
        average.update(values, optimiser.steps());
      }
      clock.ended(StepPart.OPTIMISER);
      return new Outcome(losses, mean, norms);
    }
  }

  private static double mean(float[] losses) {
    double sum = 0;
    for (float loss : losses) {
      sum += loss;
    }
    return sum / losses.length;
  }

  private void requireFinite(long round) {
    // Infinity and NaN stay in a sum; that of finite ones may overflow, which is looked into below.
    if (Float.isFinite(values.sum().getFloat())) {
      return;
    }
    String lower =
        parametersByGroup().entrySet().stream()
            .filter(group -> !Floats.asList(group.getValue()).stream().allMatch(Float::isFinite))
            .map(group -> Adam.learningRateKey(group.getKey()))
            .collect(Collectors.joining(" and "));
    if (lower.isEmpty()) {
      return;
    }
    throw new LogitFlowException(
        Category.FAILED,
        "training: found parameters that are not finite after a step in round "
            + round
            + ", expected finite ones; lower "
            + lower);
  }

  /** Returns a copy of the parameters, [P]. */
  float[] parameters() {
    return values.toFloatArray();
  }

  /** Returns copies of the parameters of each group that has any. */
  Map<ParameterGroup, float[]> parametersByGroup() {
    float[] all = values.toFloatArray();
    List<Integer> offsets = layout.groupOffsets();
    Map<ParameterGroup, float[]> groups = new EnumMap<>(ParameterGroup.class);
    for (ParameterBlock block : layout.blocks()) {
      int position = offsets.indexOf(block.offset());
      if (position >= 0) {
        int end = position + 1 < offsets.size() ? offsets.get(position + 1) : all.length;
        groups.put(block.group(), Arrays.copyOfRange(all, block.offset(), end));
      }
    }
    return groups;
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
