package io.logitflow.trainer.training;

/**
 * What Adam remembers of the gradients that it has seen.
 *
 * @param steps steps taken
 * @param first [P] running mean of gradients
 * @param second [P] running mean of squared gradients
 */
public record Moments(long steps, float[] first, float[] second) {}
