package io.logitflow.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.logitflow.contract.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which rewards score the objects of which environments. */
final class RewardChecks {
  private static final int BLOCK_BITS = 8;
  private static final int BLOCKS = 5;
  private static final int MOST_WORD_BITS = 15;

  private RewardChecks() {}

  /**
   * Checks the reward beside the environment.
   *
   * @param config a config whose sections are each right by themselves
   * @return the faults
   */
  static List<Problem> check(TrainerConfig config) {
    // As a tree, since what rewards ask for are keys that several environments share.
    JsonNode environment = ConfigMapper.toTree(config).path("environment");
    if (config.reward() instanceof RewardConfig.Hypergrid) {
      String type = environment.path("type").asText();
      return type.equals("hypergrid")
          ? List.of()
          : List.of(
              new Problem(
                  "reward.type",
                  "hypergrid for the environment " + type,
                  "a reward for its objects, or the environment hypergrid"));
    }
    if (config.reward() instanceof RewardConfig.Motif) {
      return checkBases(environment);
    }
    if (config.reward() instanceof RewardConfig.BitSequence reward) {
      return checkBits(environment, reward);
    }
    return List.of();
  }

  private static List<Problem> checkBases(JsonNode environment) {
    List<String> tokens = tokens(environment);
    Set<String> names = new HashSet<>(tokens);
    if (names.equals(Set.of("A", "C", "G", "T")) || names.equals(Set.of("A", "C", "G", "U"))) {
      return List.of();
    }
    return List.of(
        new Problem(
            "reward.type",
            "motif for " + shown(tokens),
            "environment.tokens A, C, G and T (or U) in any order"));
  }

  private static List<Problem> checkBits(JsonNode environment, RewardConfig.BitSequence reward) {
    List<String> tokens = tokens(environment);
    int wordBits = tokens.isEmpty() ? 0 : tokens.get(0).length();
    boolean binary =
        wordBits > 0
            && wordBits <= MOST_WORD_BITS
            && tokens.size() == 1 << wordBits
            && tokens.stream()
                .allMatch(token -> token.length() == wordBits && token.matches("[01]+"));
    if (!binary) {
      return List.of(
          new Problem(
              "reward.type",
              "bit-sequence for " + shown(tokens),
              "environment.tokens all words of as many bits, such as \"0\" and \"1\""));
    }
    List<Problem> problems = new ArrayList<>();
    int length = environment.path("length").asInt();
    int bits = length * wordBits;
    if (environment.path("minimum_length").asInt(length) != length) {
      problems.add(
          new Problem(
              "environment.minimum_length",
              environment.path("minimum_length").asText(),
              "as much as environment.length, since reward.type is bit-sequence"));
    }
    if (bits % BLOCK_BITS != 0) {
      problems.add(
          new Problem(
              "environment.length",
              length + " words of " + wordBits + " bits",
              "a multiple of " + BLOCK_BITS + " bits, since reward.type is bit-sequence"));
      return problems;
    }
    int blocks = bits / BLOCK_BITS;
    double most = Math.pow(BLOCKS, blocks);
    if (reward.modeCount() > most) {
      problems.add(
          new Problem(
              "reward.mode_count",
              "" + reward.modeCount(),
              "at most " + (long) most + ", as many as " + bits + " bits have"));
    }
    return problems;
  }

  private static List<String> tokens(JsonNode environment) {
    List<String> tokens = new ArrayList<>();
    environment.path("tokens").forEach(token -> tokens.add(token.asText()));
    return tokens;
  }

  private static String shown(List<String> tokens) {
    if (tokens.isEmpty()) {
      return "an environment without environment.tokens";
    }
    int shownTokens = Math.min(tokens.size(), BLOCK_BITS);
    String names = String.join(", ", tokens.subList(0, shownTokens));
    return "environment.tokens "
        + names
        + (shownTokens < tokens.size() ? ", ... (" + tokens.size() + " in all)" : "");
  }
}
