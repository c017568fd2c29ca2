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
    if (config instanceof EnvironmentConfig.Autoregressive strings) {
      return new Autoregressive(
          strings.tokens(), strings.separator(), strings.shortest(), strings.length());
    }
    if (config instanceof EnvironmentConfig.Hypergrid grid) {
      return new Hypergrid(grid.dimensions(), grid.side());
    }
    if (config instanceof EnvironmentConfig.NonAutoregressive words) {
      return new NonAutoregressive(words.tokens(), words.separator(), words.length());
    }
    throw new IllegalArgumentException("no environment for " + config);
  }
}
