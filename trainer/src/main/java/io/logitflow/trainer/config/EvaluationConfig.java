package io.logitflow.trainer.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is measured of a model, at the end of a run and, if wanted, on an interval.
 *
 * @param betas inverse temperatures to evaluate at
 * @param samples objects drawn at each
 * @param interval rounds between evaluations in training; 0 evaluates at the end alone
 * @param top k, the number of samples of the highest scores that are looked at by themselves
 * @param trajectories K, backward trajectories behind the estimate of an object's log-probability
 *     where it cannot be had exactly
 * @param testSet objects whose log-probabilities are compared with their rewards
 * @param modes the known modes; absent where none are known
 */
public record EvaluationConfig(
    @NotEmpty List<@Positive Float> betas,
    @Min(1) @Max(10_000_000) int samples,
    @Min(0) int interval,
    @Min(1) @Max(10_000) int top,
    @Min(2) @Max(100_000) int trajectories,
    @NotNull @Valid TestSetConfig testSet,
    @Nullable @Valid ModesConfig modes) {}
