package io.logitflow.trainer.config;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.nio.file.Path;

/**
 * A fixed data set of scored objects that the first rounds train on, without asking the reward. A
 * run is offline where these are all its rounds, else offline and then online.
 *
 * @param file CSV or Parquet, relative to the config's directory
 * @param objectColumn header of the column that holds objects as text
 * @param scoreColumn header of the column that holds scores
 * @param quantile rows whose score lies above this quantile of all are left out; 1 keeps all
 * @param rounds rounds that train on the data set alone
 */
public record OfflineConfig(
    @NotNull Path file,
    @NotNull String objectColumn,
    @NotNull String scoreColumn,
    @Positive @DecimalMax("1") double quantile,
    @Min(1) @Max(100_000_000) int rounds) {}
