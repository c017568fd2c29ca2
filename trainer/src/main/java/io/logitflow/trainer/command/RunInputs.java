package io.logitflow.trainer.command;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.checkpoint.DataFingerprints;
import io.logitflow.trainer.config.LoadedConfig;
import io.logitflow.trainer.config.OfflineConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Environments;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.evaluation.Modes;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.reward.LogRewardTransform;
import io.logitflow.trainer.reward.Reward;
import io.logitflow.trainer.reward.Rewards;
import io.logitflow.trainer.training.OfflineDataset;
import org.jspecify.annotations.Nullable;

/**
 * All that the config of a run names, read.
 *
 * @param config the configuration
 * @param environment what objects are built in
 * @param logReward log rewards of its objects
 * @param modes known modes
 * @param dataset the data set of {@code training.offline}, or null where the config has none, or
 *     nothing is trained
 */
record RunInputs(
    TrainerConfig config,
    Environment environment,
    LogReward logReward,
    Modes modes,
    @Nullable OfflineDataset dataset)
    implements AutoCloseable {
  /**
   * Reads what a config names for a run to be trained.
   *
   * @param loaded the configuration
   * @throws InvalidInputException if something of it is at fault
   */
  static RunInputs read(LoadedConfig loaded) {
    return read(loaded, loaded.config().training().offline());
  }

  /**
   * Reads what a config names for a model to be evaluated.
   *
   * @param loaded the configuration
   * @throws InvalidInputException if something of it is at fault
   */
  static RunInputs forEvaluation(LoadedConfig loaded) {
    return read(loaded, null);
  }

  private static RunInputs read(LoadedConfig loaded, @Nullable OfflineConfig offline) {
    TrainerConfig config = loaded.config();
    Environment environment = Environments.create(config.environment());
    Modes modes = Modes.read(config.evaluation().modes(), loaded.directory(), environment);
    OfflineDataset dataset =
        offline == null ? null : OfflineDataset.read(offline, loaded.directory(), environment);
    Reward reward = Rewards.create(config.reward(), loaded.directory(), environment);
    return new RunInputs(
        config,
        environment,
        new LogReward(
            reward, new LogRewardTransform(config.logReward()), new ObjectText(environment)),
        modes,
        dataset);
  }

  /** Returns the fingerprints of the files. */
  DataFingerprints fingerprints() {
    return new DataFingerprints(
        logReward.reward().fingerprint(),
        modes.fingerprint(),
        dataset == null ? "" : dataset.fingerprint(),
        "");
  }

  /** Frees the reward. */
  @Override
  public void close() {
    logReward.reward().close();
  }
}
