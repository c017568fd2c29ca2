package io.logitflow.trainer.config;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;

/**
 * Adam with a learning rate and a gradient-norm bound for each group of parameters, and half a
 * cosine over all rounds, times a linear warm-up over the first of them.
 *
 * @param policyLearningRate peak rate of the policy's parameters
 * @param scaleLearningRate peak rate of the scale network's parameters
 * @param logPartitionLearningRate peak rate of log Z's parameters
 * @param gradientNorm largest L2 norm of the gradient of each group; longer ones are shortened to
 *     it
 * @param warmUpRounds rounds over which the rates rise from zero
 * @param finalFraction what is left of the peak rates at the end of the cosine; 1 keeps them
 *     constant
 */
public record OptimiserConfig(
    @Positive double policyLearningRate,
    @Positive double scaleLearningRate,
    @Positive double logPartitionLearningRate,
    @Positive double gradientNorm,
    @Min(0) int warmUpRounds,
    @DecimalMin("0") @DecimalMax("1") double finalFraction) {}
