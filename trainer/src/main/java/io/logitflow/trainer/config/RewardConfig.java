package io.logitflow.trainer.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;

/** The source of scores, by its {@code type}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes(@JsonSubTypes.Type(value = RewardConfig.Table.class, name = "table"))
public sealed interface RewardConfig {
  /**
   * A table of measured scores that covers every object.
   *
   * @param file CSV, gzipped if its name ends in {@code .gz}; relative to the config's directory
   * @param objectColumn header of the column that holds objects as text
   * @param scoreColumn header of the column that holds scores
   */
  record Table(@NotNull Path file, @NotNull String objectColumn, @NotNull String scoreColumn)
      implements RewardConfig {}
}
