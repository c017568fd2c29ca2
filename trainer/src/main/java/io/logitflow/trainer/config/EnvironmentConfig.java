package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** The environment, by its {@code type}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes(
    @JsonSubTypes.Type(value = EnvironmentConfig.PrependAppend.class, name = "prepend-append"))
public sealed interface EnvironmentConfig {
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
      implements EnvironmentConfig {}
}
