package io.logitflow.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.logitflow.contract.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How configs differ. One for resuming a run may differ from the run's own in {@code
 * training.rounds}, and in where and how patiently a reward service is called, since services move.
 */
public final class ConfigComparison {
  /** Where and how patiently a service is called. */
  private static final Set<String> CALLS =
      Set.of("reward.target", "reward.deadline_seconds", "reward.attempts", "reward.concurrency");

  private static final String ROUNDS = "training.rounds";
  private static final String REWARD_BATCH = "reward.batch";

  private ConfigComparison() {}

  /**
   * Lists what differs and may not.
   *
   * @param saved the checkpoint's config
   * @param wanted the config to resume with
   * @return a fault for each key that differs, in the config's order, its subject the key's path
   */
  public static List<Problem> differences(TrainerConfig saved, TrainerConfig wanted) {
    List<Problem> problems = new ArrayList<>();
    compare("", ConfigMapper.toTree(saved), ConfigMapper.toTree(wanted), problems);
    return problems;
  }

  /**
   * Lists every effective value of a config but those that say no more than where, how patiently
   * and with how many objects a service or a model is called for scores.
   *
   * @param config any config
   * @return the values as JSON by their keys' paths, in the config's order
   */
  public static Map<String, String> learning(TrainerConfig config) {
    Map<String, String> values = new LinkedHashMap<>();
    addValues("", ConfigMapper.toTree(config), values);
    values.keySet().removeAll(CALLS);
    values.remove(REWARD_BATCH);
    return values;
  }

  private static void addValues(String path, JsonNode node, Map<String, String> values) {
    if (!node.isObject()) {
      values.put(path, node.toString());
      return;
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      addValues(join(path, entry.getKey()), entry.getValue(), values);
    }
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static void compare(
      String path, JsonNode saved, JsonNode wanted, List<Problem> problems) {
    if (saved.equals(wanted) || path.equals(ROUNDS) || CALLS.contains(path)) {
      return;
    }
    if (!saved.isObject() && !wanted.isObject()) {
      problems.add(new Problem(path, shown(wanted), shown(saved) + " as in the checkpoint"));
      return;
    }
    Set<String> keys = new LinkedHashSet<>();
    saved.fieldNames().forEachRemaining(keys::add);
    wanted.fieldNames().forEachRemaining(keys::add);
    for (String key : keys) {
      compare(join(path, key), saved.path(key), wanted.path(key), problems);
    }
  }

  private static String shown(JsonNode value) {
    return value.isMissingNode() ? "nothing" : value.toString();
  }
}
