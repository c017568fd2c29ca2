package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;

/** How β enters the policy, by its {@code type}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ConditioningConfig.None.class, name = "none"),
  @JsonSubTypes.Type(value = ConditioningConfig.Layer.class, name = "layer"),
  @JsonSubTypes.Type(value = ConditioningConfig.LogitScale.class, name = "logit-scale"),
  @JsonSubTypes.Type(
      value = ConditioningConfig.LogitScaleAndLayer.class,
      name = "logit-scale+layer")
})
public sealed interface ConditioningConfig {
  /** A conditioning that gives an encoding of β to the layers. */
  interface Layered {
    /** Returns how β is encoded. */
    EncodingConfig encoding();
  }

  /** A conditioning that multiplies logits by scales. */
  interface Scaled {
    /** Returns the form of the scales. */
    ScaleForm form();

    /** Returns the number of heads. */
    int heads();
  }

  /** Not at all: the policy knows one β alone. */
  record None() implements ConditioningConfig {}

  /**
   * An encoding of β joins the features at the policy's input.
   *
   * @param encoding how β is encoded
   */
  record Layer(@NotNull @Valid EncodingConfig encoding) implements ConditioningConfig, Layered {}

  /**
   * Heads of logits, each multiplied by a scale that is a function of β, and summed; one head is
   * that of Kim et al. 2024.
   *
   * @param form form of the scales
   * @param heads number of heads
   */
  record LogitScale(@NotNull ScaleForm form, @Min(1) @Max(64) int heads)
      implements ConditioningConfig, Scaled {}

  /**
   * Both: heads of logits of features and encoded β, each multiplied by a scale.
   *
   * @param form form of the scales
   * @param heads number of heads
   * @param encoding how β is encoded at the input
   */
  record LogitScaleAndLayer(
      @NotNull ScaleForm form, @Min(1) @Max(64) int heads, @NotNull @Valid EncodingConfig encoding)
      implements ConditioningConfig, Layered, Scaled {}

  /** Form of the scales. */
  enum ScaleForm {
    /** The paper's: raw β, encoder and decoder, any sign, scaled logits clamped to ±20. */
    @JsonProperty("paper")
    PAPER,
    /** A softplus of a network of log β: positive, monotone enough to extrapolate, no clamp. */
    @JsonProperty("positive")
    POSITIVE,
    /** Not learned: β, 1 and log β for a head each, made orthogonal over the trained range. */
    @JsonProperty("affine")
    AFFINE
  }

  /** How β is encoded at a network's input, by its {@code type}. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Raw.class, name = "raw"),
    @JsonSubTypes.Type(value = Thermometer.class, name = "thermometer")
  })
  sealed interface EncodingConfig {}

  /** A small learned network of β itself, the paper's layer-conditioned baseline. */
  record Raw() implements EncodingConfig {}

  /**
   * Bins over a range that fill up one after another as β grows, each from 0 to 1.
   *
   * @param bins number of bins
   * @param low where the first begins to fill
   * @param high where the last is full, above {@code low}
   */
  record Thermometer(@Min(1) @Max(1_024) int bins, @Positive float low, @Positive float high)
      implements EncodingConfig {}
}
