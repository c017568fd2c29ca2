package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;

/** What counts as a mode, by its {@code type}, a list where that is not given. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", defaultImpl = ModesConfig.Listed.class)
@JsonSubTypes({
  @JsonSubTypes.Type(value = ModesConfig.Listed.class, name = "list"),
  @JsonSubTypes.Type(value = ModesConfig.Hamming.class, name = "hamming")
})
public sealed interface ModesConfig {
  /**
   * The objects of a file.
   *
   * @param file CSV, gzipped if its name ends in {@code .gz}, or Parquet if in {@code .parquet};
   *     relative to the config's directory
   * @param objectColumn header of the column that holds modes as text
   */
  record Listed(@NotNull Path file, @NotNull String objectColumn) implements ModesConfig {}

  /**
   * Objects of high scores far from one another: by falling score, each that differs from every
   * earlier mode.
   *
   * @param leastScore the least score of a mode
   * @param distance in how many positions it differs at least; where lengths vary, the edits
   *     between the two
   */
  record Hamming(double leastScore, @Min(1) @Max(1_000) int distance) implements ModesConfig {}
}
