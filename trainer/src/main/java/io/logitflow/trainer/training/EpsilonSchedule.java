package io.logitflow.trainer.training;

import io.logitflow.trainer.config.ExplorationConfig.Constant;
import io.logitflow.trainer.config.ExplorationConfig.EpsilonConfig;
import io.logitflow.trainer.config.ExplorationConfig.Linear;

/**
 * The probability of a uniform action, round by round.
 *
 * @param config a constant, or a line between two values
 */
record EpsilonSchedule(EpsilonConfig config) {
  /**
   * Returns ε of a round.
   *
   * @param round counted from 0
   */
  double value(long round) {
    if (config instanceof Linear line) {
      double progress = Math.min(1, round / (double) line.rounds());
      return line.from() + (line.to() - line.from()) * progress;
    }
    return ((Constant) config).value();
  }
}
