package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The environment, by its {@code type}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = EnvironmentConfig.Autoregressive.class, name = "autoregressive"),
  @JsonSubTypes.Type(value = EnvironmentConfig.PrependAppend.class, name = "prepend-append"),
  @JsonSubTypes.Type(value = EnvironmentConfig.Hypergrid.class, name = "hypergrid"),
  @JsonSubTypes.Type(value = EnvironmentConfig.NonAutoregressive.class, name = "non-autoregressive")
})
public sealed interface EnvironmentConfig {
  /** What environments have whose tokens are named in the config. */
  interface NamedTokens {
    /** Returns the names of the tokens. */
    List<String> tokens();

    /** Returns what stands between tokens in text. */
    String separator();
  }

  /**
   * Strings of tokens, built from the first to the last.
   *
   * @param tokens names of the tokens, distinct and not empty
   * @param separator what stands between tokens in text; by default nothing if every name is one
   *     character, else a hyphen
   * @param minimumLength the fewest tokens of an object; by default {@code length}
   * @param length L, the most tokens of an object
   */
  record Autoregressive(
      @NotNull @Size(min = 1, max = 32_768) List<String> tokens,
      @NotNull String separator,
      @Min(1) @Max(1_000) @Nullable Integer minimumLength,
      @Min(1) @Max(1_000) int length)
      implements EnvironmentConfig, NamedTokens {
    /** Returns the fewest tokens of an object, derived where the config is silent. */
    public int shortest() {
      return minimumLength == null ? length : minimumLength;
    }
  }

  /**
   * Strings of exactly {@code length} tokens, built by adding a token in front or behind.
   *
   * @param tokens names of the tokens, distinct and not empty
   * @param separator what stands between tokens in text; by default nothing if every name is one
   *     character, else a hyphen
   * @param length L, the number of tokens of every object
   */
  record PrependAppend(
      @NotNull @Size(min = 1, max = 32_768) List<String> tokens,
      @NotNull String separator,
      @Min(1) @Max(1_000) int length)
      implements EnvironmentConfig, NamedTokens {}

  /**
   * The cells of a grid, walked from one corner by steps of 1 in one dimension.
   *
   * @param dimensions d, the number of coordinates
   * @param side H, the number of values of each coordinate
   */
  record Hypergrid(@Min(1) @Max(64) int dimensions, @Min(2) @Max(1_024) int side)
      implements EnvironmentConfig {}

  /**
   * Words of exactly {@code length} positions, filled in any order.
   *
   * @param tokens names of the tokens, distinct and not empty
   * @param separator what stands between tokens in text; by default nothing if every name is one
   *     character, else a hyphen
   * @param length L, the number of tokens of every object
   */
  record NonAutoregressive(
      @NotNull @Size(min = 1, max = 32_768) List<String> tokens,
      @NotNull String separator,
      @Min(1) @Max(1_000) int length)
      implements EnvironmentConfig, NamedTokens {}
}
