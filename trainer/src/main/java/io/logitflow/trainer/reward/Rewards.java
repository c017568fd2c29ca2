package io.logitflow.trainer.reward;

import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.Environment;
import java.nio.file.Path;

/** Creates rewards from their configuration. */
public final class Rewards {
  private Rewards() {}

  /**
   * Creates the reward that a config describes.
   *
   * @param config a validated config
   * @param directory what the config's files are relative to
   * @param environment whose objects are scored
   * @throws io.logitflow.contract.InvalidInputException if a file of the reward is at fault
   */
  public static Reward create(RewardConfig config, Path directory, Environment environment) {
    if (config instanceof RewardConfig.Table table) {
      return TableReward.read(directory.resolve(table.file()), table, environment);
    }
    throw new IllegalArgumentException("no reward for " + config);
  }
}
