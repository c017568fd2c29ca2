package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;

/** Objects that a model is tested on, by its {@code type}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TestSetConfig.Uniform.class, name = "uniform"),
  @JsonSubTypes.Type(value = TestSetConfig.Table.class, name = "table")
})
public sealed interface TestSetConfig {
  /**
   * Objects drawn uniformly from all that there are, by the seed of the run; all of them, each
   * once, where there are no more than are asked for.
   *
   * @param objects how many are asked for
   */
  record Uniform(@Min(2) @Max(1_000_000) int objects) implements TestSetConfig {}

  /**
   * The objects of a file.
   *
   * @param file CSV, gzipped if its name ends in {@code .gz}, or Parquet if in {@code .parquet};
   *     relative to the config's directory
   * @param objectColumn header of the column that holds objects as text
   */
  record Table(@NotNull Path file, @NotNull String objectColumn) implements TestSetConfig {}
}
