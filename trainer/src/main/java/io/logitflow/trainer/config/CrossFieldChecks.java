package io.logitflow.trainer.config;

import io.logitflow.contract.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold between the keys of a section that are each right by themselves. */
final class CrossFieldChecks {
  /**
   * Numbers of four bytes that fit one buffer, which takes up to two alignments of 64 bytes more.
   */
  private static final long ARRAY = (Integer.MAX_VALUE - 127) / Float.BYTES;

  private CrossFieldChecks() {}

  /**
   * Checks a section.
   *
   * @param path the section's path, empty for the whole config
   * @param section its record
   * @return the faults
   */
  static List<Problem> check(String path, Object section) {
    if (section instanceof BetaConfig beta && beta.low() > beta.high()) {
      return List.of(
          new Problem(
              path + ".high", "" + beta.high(), "at least " + path + ".low, " + beta.low()));
    }
    if (section instanceof ConditioningConfig.Thermometer encoding
        && encoding.low() >= encoding.high()) {
      return List.of(
          new Problem(
              path + ".high", "" + encoding.high(), "above " + path + ".low, " + encoding.low()));
    }
    if (section instanceof ConditioningConfig.Scaled scaled
        && scaled.form() == ConditioningConfig.ScaleForm.AFFINE
        && scaled.heads() > 3) {
      return List.of(
          new Problem(path + ".heads", "" + scaled.heads(), "at most 3, since form is affine"));
    }
    if (section instanceof EnvironmentConfig environment) {
      return checkEnvironment(path, environment);
    }
    if (section instanceof TrainerConfig config) {
      List<Problem> problems = new ArrayList<>(checkArraySizes(config));
      checkCapacities(config, problems);
      checkConditioning(config, problems);
      checkGroups(config.training(), problems);
      problems.addAll(RewardChecks.check(config));
      problems.addAll(EvaluationChecks.check(config));
      checkOffline(config.training(), problems);
      checkLocalSearch(config, problems);
      return problems;
    }
    return List.of();
  }

  private static List<Problem> checkEnvironment(String path, EnvironmentConfig environment) {
    List<Problem> problems = new ArrayList<>();
    if (environment instanceof EnvironmentConfig.NamedTokens named) {
      problems.addAll(checkTokens(path, named.tokens(), named.separator()));
    }
    if (environment instanceof EnvironmentConfig.Autoregressive strings
        && strings.shortest() > strings.length()) {
      problems.add(
          new Problem(
              path + ".minimum_length",
              "" + strings.shortest(),
              "at most " + path + ".length, " + strings.length()));
    }
    return problems;
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

  private static void checkConditioning(TrainerConfig config, List<Problem> problems) {
    TrainingConfig training = config.training();
    if (config.policy().network() == PolicyConfig.Network.TABLE
        && config.policy().conditioning() instanceof ConditioningConfig.Layered) {
      problems.add(
          new Problem(
              "policy.network",
              "table",
              "mlp or mlp+table, since policy.conditioning gives beta to the layers and a table has none"));
    }
    if (config.policy().network() == PolicyConfig.Network.TABLE
        && config.policy().window() != null) {
      problems.add(
          new Problem(
              "policy.window",
              "" + config.policy().window(),
              "none, since policy.network is table and has no layers"));
    }
    if (config.policy().conditioning() instanceof ConditioningConfig.Scaled scaled
        && scaled.form() == ConditioningConfig.ScaleForm.AFFINE
        && scaled.heads() > 1
        && training.lowestBeta() == training.highestBeta()) {
      problems.add(
          new Problem(
              "policy.conditioning.heads",
              "" + scaled.heads(),
              "1, since form is affine and training has the one beta " + training.lowestBeta()));
    }
    if (config.policy().conditioning() instanceof ConditioningConfig.None
        && training.lowestBeta() < training.highestBeta()) {
      problems.add(
          new Problem(
              "training.beta",
              "inverse temperatures from "
                  + training.lowestBeta()
                  + " to "
                  + training.highestBeta(),
              "one alone, since policy.conditioning is none"));
    } else if (config.policy().conditioning() instanceof ConditioningConfig.None) {
      List<Float> betas = config.evaluation().betas();
      for (int i = 0; i < betas.size(); i++) {
        if (betas.get(i) != training.lowestBeta()) {
          problems.add(
              new Problem(
                  "evaluation.betas[" + i + "]",
                  "" + betas.get(i),
                  "that of training, "
                      + training.lowestBeta()
                      + ", since policy.conditioning is none"));
        }
      }
    }
  }

  private static void checkGroups(TrainingConfig training, List<Problem> problems) {
    if (training.objective() instanceof ObjectiveConfig.LogPartitionVariance variance
        && training.batch() % variance.group() != 0) {
      problems.add(
          new Problem(
              "training.batch",
              "" + training.batch(),
              "a multiple of training.objective.group, " + variance.group()));
    }
  }

  private static void checkOffline(TrainingConfig training, List<Problem> problems) {
    OfflineConfig offline = training.offline();
    if (offline != null && offline.rounds() > training.rounds()) {
      problems.add(
          new Problem(
              "training.offline.rounds",
              "" + offline.rounds(),
              "at most training.rounds, " + training.rounds()));
    }
    if (offline != null
        && offline.rounds() == training.rounds()
        && training.localSearch() != null) {
      problems.add(
          new Problem(
              "training.local_search",
              "a section",
              "none, since training.offline takes all rounds and draws no fresh objects"));
    }
  }

  private static void checkLocalSearch(TrainerConfig config, List<Problem> problems) {
    LocalSearchConfig search = config.training().localSearch();
    int lag = config.training().rewardLag();
    if (search != null && lag > 0) {
      problems.add(
          new Problem(
              "training.reward_lag",
              "" + lag,
              "0, since training.local_search needs the scores of a batch when it is drawn"));
    }
    long longest = ArraySize.of(config.environment()).states() - 1;
    if (search != null && search.steps() > longest) {
      problems.add(
          new Problem(
              "training.local_search.steps",
              "" + search.steps(),
              "at most the " + longest + " steps of the longest trajectory"));
    }
  }

  private static List<Problem> checkArraySizes(TrainerConfig config) {
    ArraySize size = ArraySize.of(config.environment());
    // Sub-trajectory balance keeps a number for each pair of states.
    boolean pairs =
        config.training().objective() instanceof ObjectiveConfig.SubTrajectoryBalance
            && size.states() > size.width();
    long width = pairs ? size.states() : size.width();
    long largest = ARRAY / (size.states() * width);
    if (largest == 0) {
      return List.of(
          new Problem(
              "environment",
              "trajectories of " + size.states() + " states of " + width + " numbers each",
              "at most " + ARRAY + " numbers, for a trajectory to fit one array"));
    }
    if (config.training().batch() > largest) {
      String what = pairs ? "sub-trajectories" : "states' features";
      return List.of(
          new Problem(
              "training.batch",
              "" + config.training().batch(),
              "at most " + largest + ", for its " + what + " to fit one array"));
    }
    return List.of();
  }

  private static void checkCapacities(TrainerConfig config, List<Problem> problems) {
    int tokens = ArraySize.of(config.environment()).tokens();
    // A checkpoint holds the tokens of all objects in one array, and their scores of eight bytes.
    long most = ARRAY / Math.max(2, tokens);
    if (config.training().replay() instanceof ReplayConfig.Buffered replay) {
      checkCapacity("training.replay.capacity", replay.capacity(), most, tokens, problems);
    }
    checkCapacity("reward.cache_capacity", config.reward().cacheCapacity(), most, tokens, problems);
  }

  private static void checkCapacity(
      String key, int capacity, long most, int tokens, List<Problem> problems) {
    if (capacity > most) {
      problems.add(
          new Problem(
              key,
              "" + capacity,
              "at most " + most + ", for objects of " + tokens + " tokens to fit one array"));
    }
  }

  /**
   * The arrays that a trajectory of an environment takes.
   *
   * @param states T + 1, the most states of a trajectory
   * @param width the largest of F, A and C: numbers that are kept of each state
   * @param tokens S, the most tokens of an object
   */
  private record ArraySize(long states, long width, int tokens) {
    static ArraySize of(EnvironmentConfig environment) {
      if (environment instanceof EnvironmentConfig.PrependAppend strings) {
        return ofStrings(strings.tokens(), strings.length(), 2L * strings.tokens().size());
      }
      if (environment instanceof EnvironmentConfig.Autoregressive strings) {
        int stop = strings.shortest() < strings.length() ? 1 : 0;
        return ofStrings(strings.tokens(), strings.length(), strings.tokens().size() + stop);
      }
      if (environment instanceof EnvironmentConfig.NonAutoregressive words) {
        return ofStrings(words.tokens(), words.length(), 0);
      }
      if (environment instanceof EnvironmentConfig.Hypergrid grid) {
        long steps = grid.dimensions() * (grid.side() - 1L) + 1;
        return new ArraySize(steps + 1, (long) grid.dimensions() * grid.side(), grid.dimensions());
      }
      throw new IllegalArgumentException("no array sizes for " + environment);
    }

    private static ArraySize ofStrings(List<String> tokens, int length, long actions) {
      return new ArraySize(length + 1, Math.max((long) length * tokens.size(), actions), length);
    }
  }
}
