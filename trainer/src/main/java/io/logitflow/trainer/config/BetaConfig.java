package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.Positive;

/** A distribution of inverse temperatures, by its {@code type}; all lie between two ends. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = BetaConfig.Uniform.class, name = "uniform"),
  @JsonSubTypes.Type(value = BetaConfig.Constant.class, name = "constant"),
  @JsonSubTypes.Type(value = BetaConfig.ClippedNormal.class, name = "clipped-normal"),
  @JsonSubTypes.Type(value = BetaConfig.LogUniform.class, name = "log-uniform"),
  @JsonSubTypes.Type(value = BetaConfig.ExponentialUniform.class, name = "exponential-uniform"),
  @JsonSubTypes.Type(value = BetaConfig.Annealed.class, name = "annealed")
})
public sealed interface BetaConfig {
  /** Returns the lower end of what the distribution ever gives. */
  float low();

  /** Returns the upper end of what the distribution ever gives. */
  float high();

  /**
   * β uniform on a range.
   *
   * @param low lower end
   * @param high upper end, not below the lower
   */
  record Uniform(@Positive float low, @Positive float high) implements BetaConfig {}

  /**
   * Always the same β.
   *
   * @param value the inverse temperature
   */
  record Constant(@Positive float value) implements BetaConfig {
    @Override
    public float low() {
      return value;
    }

    @Override
    public float high() {
      return value;
    }
  }

  /**
   * A normal distribution whose values outside a range count as its ends.
   *
   * @param mean mean before clipping
   * @param standardDeviation standard deviation before clipping
   * @param low lower end
   * @param high upper end, not below the lower
   */
  record ClippedNormal(
      @Positive float mean,
      @Positive float standardDeviation,
      @Positive float low,
      @Positive float high)
      implements BetaConfig {}

  /**
   * log β uniform: small β are as likely as their logarithms are far apart.
   *
   * @param low lower end
   * @param high upper end, not below the lower
   */
  record LogUniform(@Positive float low, @Positive float high) implements BetaConfig {}

  /**
   * e^β uniform: most β lie near the upper end.
   *
   * @param low lower end
   * @param high upper end, not below the lower
   */
  record ExponentialUniform(@Positive float low, @Positive float high) implements BetaConfig {}

  /**
   * β uniform within ½ of a centre that moves linearly over the rounds, clipped to the centre's two
   * ends.
   *
   * @param from the centre in the first round
   * @param to the centre in the last round, above or below
   */
  record Annealed(@Positive float from, @Positive float to) implements BetaConfig {
    @Override
    public float low() {
      return Math.min(from, to);
    }

    @Override
    public float high() {
      return Math.max(from, to);
    }
  }
}
