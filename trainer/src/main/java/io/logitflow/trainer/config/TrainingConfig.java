package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;

/**
 * The online training loop.
 *
 * @param rounds rounds in all; a round is one step on fresh trajectories and, where replay is on,
 *     one on replayed objects
 * @param batch trajectories of a step
 * @param objective the loss
 * @param beta distribution of the inverse temperatures, one a trajectory
 * @param explorationEpsilon probability that a step of a fresh trajectory is uniform over the valid
 *     actions
 * @param replay the replay buffer
 * @param checkpointInterval rounds between checkpoints
 * @param metricsInterval rounds between recorded metrics
 */
public record TrainingConfig(
    @Min(1) @Max(100_000_000) int rounds,
    @Min(1) @Max(65_536) int batch,
    @NotNull Objective objective,
    @NotNull @Valid BetaConfig beta,
    @DecimalMin("0") @DecimalMax("1") double explorationEpsilon,
    @NotNull @Valid ReplayConfig replay,
    @Min(1) int checkpointInterval,
    @Min(1) int metricsInterval) {

  /** The loss. */
  public enum Objective {
    /** Trajectory balance (Malkin et al. 2022), conditional on β. */
    @JsonProperty("trajectory-balance")
    TRAJECTORY_BALANCE
  }

  /** Distribution of inverse temperatures, by its {@code type}. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Uniform.class, name = "uniform"),
    @JsonSubTypes.Type(value = Constant.class, name = "constant")
  })
  public sealed interface BetaConfig {}

  /**
   * Uniform on a range.
   *
   * @param low lower end
   * @param high upper end, not below the lower
   */
  public record Uniform(@Positive float low, @Positive float high) implements BetaConfig {}

  /**
   * Always the same.
   *
   * @param value the inverse temperature
   */
  public record Constant(@Positive float value) implements BetaConfig {}

  /**
   * The replay buffer: distinct objects, drawn uniformly, trajectories drawn backward.
   *
   * @param capacity the most objects kept, the oldest leave first; 0 turns replay off
   */
  public record ReplayConfig(@Min(0) @Max(100_000_000) int capacity) {}
}
