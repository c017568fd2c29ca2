package io.logitflow.trainer.environment;

import io.logitflow.trainer.config.EnvironmentConfig;

/** Creates environments from their configuration. */
public final class Environments {
  private Environments() {}

  /**
   * Creates the environment that a config describes.
   *
   * @param config a validated config
   */
  public static Environment create(EnvironmentConfig config) {
    if (config instanceof EnvironmentConfig.PrependAppend strings) {
      return new PrependAppend(strings.tokens(), strings.separator(), strings.length());
    }
    throw new IllegalArgumentException("no environment for " + config);
  }
}
