package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;

/** The loss, by its {@code type}; each is conditional on β. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ObjectiveConfig.TrajectoryBalance.class, name = "trajectory-balance"),
  @JsonSubTypes.Type(
      value = ObjectiveConfig.LogPartitionVariance.class,
      name = "log-partition-variance"),
  @JsonSubTypes.Type(value = ObjectiveConfig.DetailedBalance.class, name = "detailed-balance"),
  @JsonSubTypes.Type(
      value = ObjectiveConfig.SubTrajectoryBalance.class,
      name = "sub-trajectory-balance")
})
public sealed interface ObjectiveConfig {
  /** Returns whether the loss learns the flow of every state, in place of log Z(β) alone. */
  default boolean learnsStateFlow() {
    return false;
  }

  /** Trajectory balance (Malkin et al. 2022). */
  record TrajectoryBalance() implements ObjectiveConfig {}

  /**
   * The variance of each trajectory's estimate of log Z(β) within groups that share β (Richter et
   * al. 2020, Zhang et al. 2023).
   *
   * @param group trajectories that share a β; the batch is a multiple of it
   */
  record LogPartitionVariance(@Min(2) @Max(65_536) int group) implements ObjectiveConfig {}

  /** Detailed balance (Bengio et al. 2023). */
  record DetailedBalance() implements ObjectiveConfig {
    @Override
    public boolean learnsStateFlow() {
      return true;
    }
  }

  /**
   * Sub-trajectory balance (Madan et al. 2023).
   *
   * @param lambda weight of a sub-trajectory for each step of its length, above 0 to 1
   */
  record SubTrajectoryBalance(@Positive @DecimalMax("1") double lambda) implements ObjectiveConfig {
    @Override
    public boolean learnsStateFlow() {
      return true;
    }
  }
}
