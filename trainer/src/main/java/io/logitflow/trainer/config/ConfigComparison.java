package io.logitflow.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.logitflow.contract.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How a config for resuming a run may differ from the run's own: in {@code training.rounds}, and in
 * where and how patiently a reward service is called, since services move.
 */
public final class ConfigComparison {
  private static final Set<String> MAY_DIFFER =
      Set.of(
          "training.rounds",
          "reward.target",
          "reward.deadline_seconds",
          "reward.attempts",
          "reward.concurrency");

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

  private static void compare(
      String path, JsonNode saved, JsonNode wanted, List<Problem> problems) {
    if (saved.equals(wanted) || MAY_DIFFER.contains(path)) {
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
      compare(path.isEmpty() ? key : path + "." + key, saved.path(key), wanted.path(key), problems);
    }
  }

  private static String shown(JsonNode value) {
    return value.isMissingNode() ? "nothing" : value.toString();
  }
}
