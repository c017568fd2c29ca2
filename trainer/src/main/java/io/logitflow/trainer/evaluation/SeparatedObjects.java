package io.logitflow.trainer.evaluation;

import io.logitflow.contract.InvalidInputException;
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
  /** The most pairs of tokens that are compared: about a minute. */
  private static final long MOST_WORK = 20_000_000_000L;

  private final ModesConfig.Hamming rule;
  private final ObjectDistance distance;
  private final int width;
  private final long mostComparisons;
  private final Map<IntBuffer, Double> candidates = new LinkedHashMap<>();

  /**
   * Creates a collection that has been offered nothing.
   *
   * @param rule the rule
   * @param environment whose objects they are
   */
  SeparatedObjects(ModesConfig.Hamming rule, Environment environment) {
    this(rule, environment, MOST_WORK);
  }

  /** Creates a collection that compares no more pairs of tokens. */
  SeparatedObjects(ModesConfig.Hamming rule, Environment environment, long mostWork) {
    this.rule = rule;
    this.distance = new ObjectDistance(environment);
    this.width = environment.maximumLength();
    this.mostComparisons = mostWork / distance.work();
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

  /**
   * Returns the objects that the rule keeps, by falling score.
   *
   * @throws InvalidInputException if so many objects are modes that it would take too long
   */
  ObjectBatch kept() {
    List<Map.Entry<IntBuffer, Double>> byScore = new ArrayList<>(candidates.entrySet());
    byScore.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
    List<int[]> kept = new ArrayList<>();
    long comparisons = 0;
    for (Map.Entry<IntBuffer, Double> candidate : byScore) {
      int[] tokens = candidate.getKey().array();
      int near = near(tokens, kept);
      comparisons += near;
      if (comparisons > mostComparisons) {
        throw new InvalidInputException(
            "evaluation.modes",
            candidates.size()
                + " objects with a score of at least "
                + rule.leastScore()
                + ", and "
                + kept.size()
                + " of the first of them modes",
            "a least_score that fewer reach, or a larger distance");
      }
      if (near == kept.size()) {
        kept.add(tokens);
      }
    }
    return ObjectRows.batch(kept, width);
  }

  /**
   * Returns the place of the first mode that an object is near to, their number if there is none.
   */
  private int near(int[] tokens, List<int[]> modes) {
    int place = 0;
    while (place < modes.size() && distance.between(modes.get(place), tokens) >= rule.distance()) {
      place++;
    }
    return place;
  }
}
