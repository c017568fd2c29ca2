package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.config.ModesConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Modes by the Hamming rule: of all objects offered whose score is high enough, by falling score,
 * those that are far enough from every one kept before (how Kim et al. 2024, "Learning to Scale
 * Logits", count modes). Among equal scores the one offered first comes first.
 */
final class SeparatedObjects {
  private final ModesConfig.Hamming rule;
  private final ObjectDistance distance;
  private final int width;
  private final Map<IntBuffer, Double> candidates = new LinkedHashMap<>();

  /**
   * Creates a collection that has been offered nothing.
   *
   * @param rule the rule
   * @param environment whose objects they are
   */
  SeparatedObjects(ModesConfig.Hamming rule, Environment environment) {
    this.rule = rule;
    this.distance = new ObjectDistance(environment);
    this.width = environment.maximumLength();
  }

  /**
   * Offers objects.
   *
   * @param objects [N]
   * @param scores [N]
   */
  void offer(ObjectBatch objects, double[] scores) {
    for (int row = 0; row < scores.length; row++) {
      if (scores[row] >= rule.leastScore()) {
        candidates.putIfAbsent(IntBuffer.wrap(ObjectRows.tokens(objects, row)), scores[row]);
      }
    }
  }

  /** Returns the objects that the rule keeps, by falling score. */
  ObjectBatch kept() {
    List<Map.Entry<IntBuffer, Double>> byScore = new ArrayList<>(candidates.entrySet());
    byScore.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
    List<int[]> kept = new ArrayList<>();
    for (Map.Entry<IntBuffer, Double> candidate : byScore) {
      int[] tokens = candidate.getKey().array();
      if (kept.stream().allMatch(mode -> distance.between(mode, tokens) >= rule.distance())) {
        kept.add(tokens);
      }
    }
    return ObjectRows.batch(kept, width);
  }
}
