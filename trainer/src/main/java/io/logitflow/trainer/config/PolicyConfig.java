package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.util.List;

/**
 * The networks.
 *
 * @param hiddenWidths width of each hidden layer of the policy's MLP, input side first
 * @param conditioning how β enters the policy
 * @param backward the backward policy P_B
 * @param initialLogPartition where log Z(β) starts, for every β
 */
public record PolicyConfig(
    @NotEmpty List<@Min(1) @Max(16_384) Integer> hiddenWidths,
    @NotNull @Valid ConditioningConfig conditioning,
    @NotNull Backward backward,
    double initialLogPartition) {

  /** The backward policy P_B. */
  public enum Backward {
    /** Every valid backward action is equally likely. */
    @JsonProperty("uniform")
    UNIFORM
  }

  /** How β enters the policy, by its {@code type}. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes(@JsonSubTypes.Type(value = LogitScale.class, name = "logit-scale"))
  public sealed interface ConditioningConfig {}

  /**
   * Logits multiplied by a scale that is a network of β.
   *
   * @param form the network's form
   */
  public record LogitScale(@NotNull ScaleForm form) implements ConditioningConfig {}

  /** Form of the scale network. */
  public enum ScaleForm {
    /** The paper's: raw β, encoder and decoder, any sign, scaled logits clamped to ±20. */
    @JsonProperty("paper")
    PAPER,
    /** A softplus of a network of log β: positive, monotone enough to extrapolate, no clamp. */
    @JsonProperty("positive")
    POSITIVE
  }
}
