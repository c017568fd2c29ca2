package io.logitflow.trainer.config;

import io.logitflow.contract.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What can be evaluated of which environments. */
final class EvaluationChecks {
  private EvaluationChecks() {}

  /**
   * Checks the evaluation beside the environment.
   *
   * @param config a config whose sections are each right by themselves
   * @return the faults
   */
  static List<Problem> check(TrainerConfig config) {
    List<Problem> problems = new ArrayList<>();
    List<Float> betas = config.evaluation().betas();
    Set<Float> seen = new HashSet<>();
    for (int i = 0; i < betas.size(); i++) {
      if (!seen.add(betas.get(i))) {
        problems.add(
            new Problem(
                "evaluation.betas[" + i + "]",
                betas.get(i) + " for the second time",
                "distinct inverse temperatures"));
      }
    }
    int longest = longest(config.environment());
    if (config.evaluation().modes() instanceof ModesConfig.Hamming rule
        && rule.distance() > longest) {
      problems.add(
          new Problem(
              "evaluation.modes.distance",
              Integer.toString(rule.distance()),
              "at most the " + longest + " tokens of an object"));
    }
    return problems;
  }

  /** Returns the most tokens of an object, which is how far apart two can be. */
  private static int longest(EnvironmentConfig environment) {
    if (environment instanceof EnvironmentConfig.PrependAppend strings) {
      return strings.length();
    }
    if (environment instanceof EnvironmentConfig.Autoregressive strings) {
      return strings.length();
    }
    if (environment instanceof EnvironmentConfig.NonAutoregressive words) {
      return words.length();
    }
    if (environment instanceof EnvironmentConfig.Hypergrid grid) {
      return grid.dimensions();
    }
    throw new IllegalArgumentException("no length for " + environment);
  }
}
