package io.logitflow.trainer.config;

import jakarta.validation.constraints.Positive;

/**
 * How a score becomes a log reward: log R = log(scale) + exponent · log(max(score, floor)).
 *
 * @param floor scores below it count as it
 * @param exponent power to which scores are raised
 * @param scale factor of every reward
 */
public record LogRewardConfig(
    @Positive double floor, @Positive double exponent, @Positive double scale) {}
