package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

/**
 * Replay of distinct objects seen before, the oldest leaving first, by its {@code type}: how
 * objects are drawn. Their trajectories are drawn backward.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ReplayConfig.None.class, name = "none"),
  @JsonSubTypes.Type(value = ReplayConfig.Fifo.class, name = "fifo"),
  @JsonSubTypes.Type(value = ReplayConfig.Percentile.class, name = "percentile"),
  @JsonSubTypes.Type(value = ReplayConfig.Prioritised.class, name = "prioritised")
})
public sealed interface ReplayConfig {
  /** No replay. */
  record None() implements ReplayConfig {}

  /** Replay that keeps objects. */
  sealed interface Buffered extends ReplayConfig {
    /** Returns the most objects kept. */
    int capacity();
  }

  /**
   * Every object alike.
   *
   * @param capacity the most objects kept
   */
  record Fifo(@Min(1) @Max(100_000_000) int capacity) implements Buffered {}

  /**
   * Half of the draws from the objects at or above a percentile of the rewards, half from those at
   * or below it (Kim et al. 2024).
   *
   * @param capacity the most objects kept
   * @param percentile the percentile, 0 to 100
   */
  record Percentile(
      @Min(1) @Max(100_000_000) int capacity, @DecimalMin("0") @DecimalMax("100") double percentile)
      implements Buffered {}

  /**
   * Objects in proportion to a power of their priority (Schaul et al. 2016).
   *
   * @param capacity the most objects kept
   * @param by what the priority is
   * @param exponent the power; 0 draws every object alike
   */
  record Prioritised(
      @Min(1) @Max(100_000_000) int capacity,
      @NotNull Priority by,
      @DecimalMin("0") @DecimalMax("100") double exponent)
      implements Buffered {}

  /** What makes an object worth replaying. */
  enum Priority {
    /** Its reward R. */
    @JsonProperty("reward")
    REWARD,
    /** The loss of its trajectory when it was last trained on. */
    @JsonProperty("loss")
    LOSS
  }
}
