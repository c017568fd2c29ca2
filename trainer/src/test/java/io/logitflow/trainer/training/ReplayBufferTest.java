package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.trainer.environment.ObjectBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ReplayBufferTest {
  @Property
  void keepsTheNewestDistinctObjectsInOrder(
      @ForAll @IntRange(min = 1, max = 6) int capacity,
      @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 9) Integer> objects) {
    ReplayBuffer buffer = new ReplayBuffer(capacity, 2);
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
      assertThat(values(buffer.contents())).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void drawsUniformlyByAgeAndKeepsRewardsWithTheirObjects() {
    ReplayBuffer buffer = new ReplayBuffer(4, 2);
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
    ReplayBuffer buffer = new ReplayBuffer(3, 2);
    buffer.add(
        new ObjectBatch(3, 2, new int[] {0, 0, 0, 0, 0, 0}, new int[] {1, 2, 1}),
        new double[] {1, 2, 3});
    assertThat(buffer.contents().objects().lengths()).containsExactly(1, 2);
    assertThat(buffer.contents().logRewards()).containsExactly(1, 2);
  }

  @Test
  void aRestoredBufferDrawsTheSame() {
    ReplayBuffer buffer = new ReplayBuffer(3, 2);
    for (int object = 0; object < 8; object++) {
      buffer.add(batch(object), new double[] {object / 2.0});
    }
    ReplayBuffer restored = new ReplayBuffer(3, 2);
    restored.add(buffer.contents().objects(), buffer.contents().logRewards());
    assertThat(values(restored.draw(new Random(1), 100)))
        .isEqualTo(values(buffer.draw(new Random(1), 100)));
  }

  private static ObjectBatch batch(int object) {
    return new ObjectBatch(1, 2, new int[] {object / 5, object % 5}, new int[] {2});
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
