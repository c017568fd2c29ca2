package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import org.jspecify.annotations.Nullable;

/**
 * Adam with a learning rate and a gradient-norm bound for each group of parameters.
 *
 * @param policyLearningRate peak rate of the policy's parameters
 * @param tableLearningRate peak rate of the policy's tables
 * @param scaleLearningRate peak rate of the scale networks' parameters
 * @param logPartitionLearningRate peak rate of log Z's parameters
 * @param stateFlowLearningRate peak rate of the state flow's parameters
 * @param gradientNorm largest L2 norm of the gradient of each group; longer ones are shortened to
 *     it
 * @param schedule what becomes of the peak rates over the rounds
 * @param warmUpRounds rounds over which the rates rise from zero
 * @param average averaged parameters kept beside the last ones; absent where none are
 */
public record OptimiserConfig(
    @Positive double policyLearningRate,
    @Positive double tableLearningRate,
    @Positive double scaleLearningRate,
    @Positive double logPartitionLearningRate,
    @Positive double stateFlowLearningRate,
    @Positive double gradientNorm,
    @NotNull @Valid ScheduleConfig schedule,
    @Min(0) int warmUpRounds,
    @Nullable @Valid AverageConfig average) {

  /** A learning-rate schedule, by its {@code type}. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Constant.class, name = "constant"),
    @JsonSubTypes.Type(value = Cosine.class, name = "cosine")
  })
  public sealed interface ScheduleConfig {}

  /** The peak rates throughout. */
  public record Constant() implements ScheduleConfig {}

  /**
   * Half a cosine over all rounds.
   *
   * @param finalFraction what is left of the peak rates at the end
   */
  public record Cosine(@DecimalMin("0") @DecimalMax("1") double finalFraction)
      implements ScheduleConfig {}

  /**
   * An exponential moving average of the parameters over the steps.
   *
   * @param decay weight of the average so far at each step, below 1
   */
  public record AverageConfig(
      @DecimalMin("0")
          @DecimalMax(value = "1", inclusive = false, message = "a number below {value}")
          double decay) {}
}
