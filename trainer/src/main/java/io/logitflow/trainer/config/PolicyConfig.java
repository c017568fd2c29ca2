package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The networks.
 *
 * @param network what computes the logits of a state
 * @param hiddenWidths width of each hidden layer of the policy's MLP, input side first; those of a
 *     learned P_B and of the state flow are the same
 * @param window positions of the windows of adjacent tokens that the MLP's first layer has a
 *     learned vector each for, by what stands in them; absent where it reads single tokens alone
 * @param conditioning how β enters the policy
 * @param backward the backward policy P_B
 * @param initialLogPartition where log Z(β) starts, for every β
 */
public record PolicyConfig(
    @NotNull Network network,
    @NotEmpty List<@Min(1) @Max(16_384) Integer> hiddenWidths,
    @Nullable @Min(2) @Max(1_000) Integer window,
    @NotNull @Valid ConditioningConfig conditioning,
    @NotNull Backward backward,
    double initialLogPartition) {

  /** What computes the unscaled logits of a state, forward and backward. */
  public enum Network {
    /** A multilayer perceptron of its features. */
    @JsonProperty("mlp")
    MLP,
    /** A learned row for every state. */
    @JsonProperty("table")
    TABLE,
    /** The sum of both. */
    @JsonProperty("mlp+table")
    MLP_AND_TABLE
  }

  /** The backward policy P_B. */
  public enum Backward {
    /** Every valid backward action is equally likely. */
    @JsonProperty("uniform")
    UNIFORM,
    /** A network like the forward policy's, β and its scale included. */
    @JsonProperty("learned")
    LEARNED
  }
}
