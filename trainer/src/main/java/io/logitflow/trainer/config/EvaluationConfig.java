package io.logitflow.trainer.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is measured at the end of a run.
 *
 * @param betas inverse temperatures to evaluate at
 * @param samples objects drawn at each
 * @param modes the known modes; absent where none are known
 */
public record EvaluationConfig(
    @NotEmpty List<@Positive Float> betas,
    @Min(1) @Max(10_000_000) int samples,
    @Nullable @Valid ModesConfig modes) {

  /**
   * A list of known modes.
   *
   * @param file CSV, relative to the config's directory
   * @param objectColumn header of the column that holds modes as text
   */
  public record ModesConfig(@NotNull Path file, @NotNull String objectColumn) {}
}
