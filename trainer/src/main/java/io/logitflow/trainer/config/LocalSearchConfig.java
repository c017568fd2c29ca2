package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

/**
 * Local search around fresh objects: some steps back with P_B, forward again with P_F, and a test
 * that accepts the new object or keeps the old one (Kim et al. 2024, "Local Search GFlowNets").
 *
 * @param iterations how often each object is tried to be improved
 * @param steps steps back, at most T; where a trajectory has fewer, all of them
 * @param acceptance the test
 */
public record LocalSearchConfig(
    @Min(1) @Max(1_000) int iterations,
    @Min(1) @Max(65_536) int steps,
    @NotNull Acceptance acceptance) {

  /** Which new objects are accepted. */
  public enum Acceptance {
    /** Those of a higher reward. */
    @JsonProperty("greedy")
    GREEDY,
    /** By Metropolis and Hastings, so that the target at the trajectory's β is kept. */
    @JsonProperty("metropolis-hastings")
    METROPOLIS_HASTINGS
  }
}
