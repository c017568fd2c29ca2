package io.logitflow.trainer.config;

import io.logitflow.contract.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold between the keys of a section that are each right by themselves. */
final class CrossFieldChecks {
  private CrossFieldChecks() {}

  /**
   * Checks a section.
   *
   * @param path the section's path, empty for the whole config
   * @param section its record
   * @return the faults
   */
  static List<Problem> check(String path, Object section) {
    if (section instanceof TrainingConfig.Uniform beta) {
      return beta.low() <= beta.high()
          ? List.of()
          : List.of(
              new Problem(
                  path + ".high", "" + beta.high(), "at least " + path + ".low, " + beta.low()));
    }
    if (section instanceof EnvironmentConfig.PrependAppend strings) {
      return checkTokens(path, strings.tokens(), strings.separator());
    }
    if (section instanceof TrainerConfig config) {
      List<Problem> problems = new ArrayList<>(checkArraySizes(config));
      problems.addAll(RewardChecks.check(config));
      return problems;
    }
    return List.of();
  }

  private static List<Problem> checkTokens(String path, List<String> tokens, String separator) {
    List<Problem> problems = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      String subject = path + ".tokens[" + i + "]";
      String found = "\"" + token + "\"";
      if (token.isEmpty()) {
        problems.add(new Problem(subject, found, "a name of at least one character"));
      } else if (token.codePoints().anyMatch(Character::isISOControl)) {
        problems.add(
            new Problem(subject, "a name with a control character", "printable characters"));
      } else if (!seen.add(token)) {
        problems.add(new Problem(subject, found + " for the second time", "distinct names"));
      } else if (separator.isEmpty()) {
        if (token.codePointCount(0, token.length()) > 1) {
          problems.add(new Problem(subject, found, "a single character, since separator is empty"));
        }
      } else if ((token + separator).indexOf(separator) != token.length()) {
        // Only then is the first separator in a text the one behind its first token.
        problems.add(
            new Problem(subject, found, "a name without the separator \"" + separator + "\""));
      }
    }
    return problems;
  }

  private static List<Problem> checkArraySizes(TrainerConfig config) {
    if (config.environment() instanceof EnvironmentConfig.PrependAppend strings) {
      long length = strings.length();
      long perTrajectory = length * strings.tokens().size() * Math.max(length, 2);
      long largest = Integer.MAX_VALUE / Float.BYTES / perTrajectory;
      if (config.training().batch() > largest) {
        return List.of(
            new Problem(
                "training.batch",
                "" + config.training().batch(),
                "at most " + largest + ", for its states' features to fit one array"));
      }
    }
    return List.of();
  }
}
