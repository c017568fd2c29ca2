package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.trainer.config.ReplayConfig;
import io.logitflow.trainer.environment.ObjectBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReplayBufferTest {
  @Property(seed = "23")
  void keepsTheNewestDistinctObjectsInOrder(
      @ForAll @IntRange(min = 1, max = 6) int capacity,
      @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 9) Integer> objects) {
    ReplayBuffer buffer = new ReplayBuffer(capacity, 2, new UniformDraw());
    Deque<Integer> expected = new ArrayDeque<>();
    for (int object : objects) {
      buffer.add(batch(object), new double[] {object / 2.0});
      if (!expected.contains(object)) {
        expected.addLast(object);
        if (expected.size() > capacity) {
          expected.removeFirst();
        }
      }
      assertThat(buffer.size()).isEqualTo(expected.size());
      assertThat(byAge(buffer.contents())).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void drawsUniformlyAndKeepsRewardsWithTheirObjects() {
    ReplayBuffer buffer = new ReplayBuffer(4, 2, new UniformDraw());
    for (int object = 0; object < 7; object++) {
      buffer.add(batch(object), new double[] {object / 2.0});
    }
    ReplayedObjects drawn = buffer.draw(new Random(8), 40_000);
    int[] counts = new int[7];
    for (int value : values(drawn)) {
      counts[value]++;
    }
    assertThat(counts).startsWith(0, 0, 0);
    for (int object = 3; object < 7; object++) {
      assertThat(counts[object]).isBetween(9_600, 10_400); // Over 4.6 standard deviations.
    }
  }

  @Test
  void paddingIsNoPartOfAnObject() {
    ReplayBuffer buffer = new ReplayBuffer(3, 2, new UniformDraw());
    buffer.add(
        new ObjectBatch(3, 2, new int[] {0, 0, 0, 0, 0, 0}, new int[] {1, 2, 1}),
        new double[] {1, 2, 3});
    assertThat(buffer.contents().objects().lengths()).containsExactly(1, 2);
    assertThat(buffer.contents().logRewards()).containsExactly(1, 2);
  }

  @Test
  void lossesOfObjectsThatAreThereReachTheRule() {
    ReplayConfig.Prioritised config =
        new ReplayConfig.Prioritised(3, ReplayConfig.Priority.LOSS, 1);
    ReplayBuffer buffer = new ReplayBuffer(3, 2, DrawRule.of(config));
    for (int object = 0; object < 4; object++) {
      buffer.add(batch(object), new double[] {object / 2.0});
    }
    ObjectBatch trained = new ObjectBatch(3, 2, new int[] {0, 2, 0, 0, 0, 3}, new int[] {2, 2, 2});
    buffer.trained(trained, new float[] {2, 3, 5});
    // Object 0 has left for 3, in slot 0; 1 and 2 are in the slots of their numbers.
    assertThat(buffer.contents().logPriorities())
        .containsExactly(Math.log(5 + 1e-6), 0, Math.log(2 + 1e-6));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aRestoredBufferDrawsAndGoesOnTheSame(ReplayConfig.Buffered config) {
    ReplayBuffer buffer = new ReplayBuffer(150, 2, DrawRule.of(config));
    Random random = new Random(4);
    for (int i = 0; i < 40; i++) {
      train(buffer, random, 10);
    }
    ReplayBuffer restored = new ReplayBuffer(150, 2, DrawRule.of(config));
    restored.restore(buffer.contents());
    train(buffer, new Random(9), 200);
    train(restored, new Random(9), 200);
    assertThat(restored.contents())
        .usingRecursiveComparison()
        .withStrictTypeChecking()
        .isEqualTo(buffer.contents());
  }

  private static void train(ReplayBuffer buffer, Random random, int rows) {
    for (int row = 0; row < rows; row++) {
      int object = random.nextInt(400);
      ObjectBatch batch =
          new ObjectBatch(1, 2, new int[] {object / 20, object % 20}, new int[] {2});
      buffer.add(batch, new double[] {object % 7});
      ReplayedObjects drawn = buffer.draw(random, 3);
      float loss = drawn.objects().tokens()[0] + drawn.objects().tokens()[5] / 20f;
      buffer.trained(drawn.objects(), new float[] {loss, 2 * loss, 3 * loss});
    }
  }

  static List<ReplayConfig.Buffered> rules() {
    return List.of(
        new ReplayConfig.Fifo(150),
        new ReplayConfig.Percentile(150, 70),
        new ReplayConfig.Prioritised(150, ReplayConfig.Priority.REWARD, 1),
        new ReplayConfig.Prioritised(150, ReplayConfig.Priority.LOSS, 0.7));
  }

  private static ObjectBatch batch(int object) {
    return new ObjectBatch(1, 2, new int[] {object / 5, object % 5}, new int[] {2});
  }

  private static List<Integer> byAge(ReplayContents contents) {
    List<Integer> values =
        new ArrayList<>(values(new ReplayedObjects(contents.objects(), contents.logRewards())));
    Collections.rotate(values, -contents.oldest());
    return values;
  }

  private static List<Integer> values(ReplayedObjects objects) {
    List<Integer> values = new ArrayList<>();
    int[] tokens = objects.objects().tokens();
    for (int row = 0; row < objects.objects().rows(); row++) {
      int value = tokens[2 * row] * 5 + tokens[2 * row + 1];
      assertThat(objects.logRewards()[row]).isEqualTo(value / 2.0);
      assertThat(objects.objects().lengths()[row]).isEqualTo(2);
      values.add(value);
    }
    return values;
  }
}
