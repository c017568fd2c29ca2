package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * How fresh trajectories leave the policy of the trained β.
 *
 * @param epsilon probability that a step is uniform over the valid actions
 * @param beta distribution of the β that fresh trajectories are drawn and trained at; absent where
 *     it is that of training
 */
public record ExplorationConfig(
    @NotNull @Valid EpsilonConfig epsilon, @Nullable @Valid BetaConfig beta) {

  /** A probability that may change over the rounds, by its {@code type}. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Constant.class, name = "constant"),
    @JsonSubTypes.Type(value = Linear.class, name = "linear")
  })
  public sealed interface EpsilonConfig {}

  /**
   * The same in every round.
   *
   * @param value the probability
   */
  public record Constant(@DecimalMin("0") @DecimalMax("1") double value) implements EpsilonConfig {}

  /**
   * From one value to another over the first rounds, the second from then on.
   *
   * @param from the probability in the first round
   * @param to the probability at the end
   * @param rounds rounds from the one to the other
   */
  public record Linear(
      @DecimalMin("0") @DecimalMax("1") double from,
      @DecimalMin("0") @DecimalMax("1") double to,
      @Min(1) @Max(100_000_000) int rounds)
      implements EpsilonConfig {}
}
