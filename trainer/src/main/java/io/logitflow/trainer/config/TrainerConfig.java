package io.logitflow.trainer.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;

/**
 * The whole configuration of a training run, as the YAML file gives it with every default filled
 * in. Keys are the components' names in snake case.
 *
 * @param seed all randomness of the run derives from it
 * @param environment what objects are built in
 * @param reward where scores come from
 * @param logReward how a score becomes a log reward
 * @param policy the networks
 * @param training the loop
 * @param optimiser the optimiser
 * @param evaluation what is measured at the end
 */
public record TrainerConfig(
    long seed,
    @NotNull @Valid EnvironmentConfig environment,
    @NotNull @Valid RewardConfig reward,
    @NotNull @Valid LogRewardConfig logReward,
    @NotNull @Valid PolicyConfig policy,
    @NotNull @Valid TrainingConfig training,
    @NotNull @Valid OptimiserConfig optimiser,
    @NotNull @Valid EvaluationConfig evaluation) {}
