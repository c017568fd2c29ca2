package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.reward.ScoredObjects;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TopScoresTest {
  @Test
  void keepsTheBestDistinctObjectsOfTheWholeRun() {
    Random random = new Random(6);
    TopScores top = new TopScores(2);
    Map<Integer, Double> all = new HashMap<>();
    assertThat(top.mean()).isEmpty();
    for (int batch = 0; batch < 60; batch++) {
      int[] objects = random.ints(16, 0, 900).toArray();
      top.observe(scored(objects));
      for (int object : objects) {
        all.put(object, score(object));
      }
      List<Double> best =
          all.values().stream().sorted(Comparator.reverseOrder()).limit(100).toList();
      double mean = best.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
      assertThat(top.mean().orElseThrow()).isCloseTo(mean, within(1e-12));
      if (batch == 30) {
        TopScores restored = new TopScores(2);
        restored.observe(top.contents());
        assertThat(restored.contents()).usingRecursiveComparison().isEqualTo(top.contents());
        top = restored;
      }
    }
    assertThat(top.contents().rows()).isEqualTo(100);
  }

  @Test
  void anObjectIsItsTokensAndNotThePaddingBehindThem() {
    TopScores top = new TopScores(2);
    ObjectBatch objects = new ObjectBatch(3, 2, new int[6], new int[] {1, 2, 1});
    top.observe(new ScoredObjects(objects, new double[] {1, 3, 1}));
    assertThat(top.contents().objects().lengths()).containsExactly(2, 1);
    assertThat(top.contents().scores()).containsExactly(3, 1);
  }

  /** With ties. */
  private static double score(int object) {
    return object * 37 % 101 / 10.0;
  }

  private static ScoredObjects scored(int[] objects) {
    int[] tokens = new int[2 * objects.length];
    int[] lengths = new int[objects.length];
    double[] scores = new double[objects.length];
    for (int row = 0; row < objects.length; row++) {
      tokens[2 * row] = objects[row] / 30;
      tokens[2 * row + 1] = objects[row] % 30;
      lengths[row] = 2;
      scores[row] = score(objects[row]);
    }
    return new ScoredObjects(new ObjectBatch(objects.length, 2, tokens, lengths), scores);
  }
}
