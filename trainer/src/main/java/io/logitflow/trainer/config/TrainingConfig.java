package io.logitflow.trainer.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * The training loop.
 *
 * @param rounds rounds in all; an online round is one step on fresh trajectories and, with replay,
 *     one on replayed objects, an offline one a step on the data set
 * @param batch trajectories of a step
 * @param objective the loss
 * @param beta distribution of the inverse temperatures, one a trajectory
 * @param exploration how fresh trajectories leave the policy
 * @param replay the replay buffer
 * @param localSearch local search around fresh objects; absent where there is none
 * @param offline a data set that the first rounds train on; absent where there is none
 * @param rewardLag rounds from the draw of fresh trajectories to the round that learns from them,
 *     between which the reward is asked for their objects
 * @param checkpointInterval rounds between checkpoints
 * @param metricsInterval rounds between recorded metrics
 */
public record TrainingConfig(
    @Min(1) @Max(100_000_000) int rounds,
    @Min(1) @Max(65_536) int batch,
    @NotNull @Valid ObjectiveConfig objective,
    @NotNull @Valid BetaConfig beta,
    @NotNull @Valid ExplorationConfig exploration,
    @NotNull @Valid ReplayConfig replay,
    @Nullable @Valid LocalSearchConfig localSearch,
    @Nullable @Valid OfflineConfig offline,
    @Min(0) @Max(64) int rewardLag,
    @Min(1) int checkpointInterval,
    @Min(1) int metricsInterval) {

  /** Returns the least inverse temperature that training may see. */
  public float lowestBeta() {
    return Math.min(beta.low(), explorationBeta().low());
  }

  /** Returns the greatest inverse temperature that training may see. */
  public float highestBeta() {
    return Math.max(beta.high(), explorationBeta().high());
  }

  /** Returns the distribution that fresh trajectories are drawn at. */
  public BetaConfig explorationBeta() {
    BetaConfig apart = exploration.beta();
    return apart == null ? beta : apart;
  }
}
