package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.config.ReplayConfig;
import io.logitflow.trainer.config.ReplayConfig.Priority;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DrawRuleTest {
  private static final int DRAWS = 60_000;

  @Property(tries = 60, seed = "29")
  void halfOfTheDrawsAreAtOrAboveThePercentileAndHalfAtOrBelow(
      @ForAll @IntRange(min = 1, max = 200) int size,
      @ForAll @DoubleRange(min = 0, max = 100) double percentile,
      @ForAll @IntRange(min = 0, max = 1000) int seed) {
    Random random = new Random(seed);
    DrawRule rule = DrawRule.of(new ReplayConfig.Percentile(1000, percentile));
    double[] logRewards = new double[size];
    for (int slot = 0; slot < size; slot++) {
      logRewards[slot] = random.nextInt(10); // With ties.
      rule.put(slot, logRewards[slot]);
      if (random.nextInt(5) == 0) {
        rule.draw(random, slot + 1, new int[2]); // Merges what is there so far.
      }
      int changed = random.nextInt(slot + 1);
      logRewards[changed] = random.nextInt(10);
      rule.put(changed, logRewards[changed]);
    }
    double[] sorted = logRewards.clone();
    Arrays.sort(sorted);
    // The least value that so many of a hundred do not exceed, by counting.
    double limit = sorted[0];
    for (double value : sorted) {
      long atOrBelow = Arrays.stream(sorted).filter(other -> other <= value).count();
      if (100.0 * atOrBelow / size >= percentile) {
        limit = value;
        break;
      }
    }
    int[] slots = new int[200];
    rule.draw(random, size, slots);
    for (int i = 0; i < slots.length; i++) {
      if (i % 2 == 0) {
        assertThat(logRewards[slots[i]]).isGreaterThanOrEqualTo(limit);
      } else {
        assertThat(logRewards[slots[i]]).isLessThanOrEqualTo(limit);
      }
    }
  }

  @Test
  void aPercentileOfAHundredObjectsIsItsOwnRank() {
    DrawRule rule = DrawRule.of(new ReplayConfig.Percentile(1000, 55));
    for (int slot = 0; slot < 100; slot++) {
      rule.put(slot, slot);
    }
    int[] slots = new int[DRAWS];
    rule.draw(new Random(7), 100, slots);
    int[] high = IntStream.range(0, DRAWS).filter(i -> i % 2 == 0).map(i -> slots[i]).toArray();
    int[] low = IntStream.range(0, DRAWS).filter(i -> i % 2 == 1).map(i -> slots[i]).toArray();
    assertThat(Arrays.stream(high).min()).hasValue(54);
    assertThat(Arrays.stream(low).max()).hasValue(54);
  }

  @Test
  void withinTheHalvesEveryObjectIsDrawnAlike() {
    DrawRule rule = DrawRule.of(new ReplayConfig.Percentile(1000, 90));
    double[] logRewards = new double[20];
    for (int slot = 0; slot < 20; slot++) {
      logRewards[slot] = (slot * 7) % 20;
      rule.put(slot, logRewards[slot]);
    }
    // The 18th of 20 is the percentile: 3 objects at or above it, 18 at or below.
    double[] expected = new double[20];
    for (int slot = 0; slot < 20; slot++) {
      expected[slot] += logRewards[slot] >= 17 ? 0.5 / 3 : 0;
      expected[slot] += logRewards[slot] <= 17 ? 0.5 / 18 : 0;
    }
    assertShares(rule, expected);
  }

  @Test
  void prioritisedByRewardDrawsInProportionToItsPower() {
    DrawRule rule = DrawRule.of(new ReplayConfig.Prioritised(1000, Priority.REWARD, 1.5));
    double[] rewards = {0.5, 1, 2, 3, 0.1};
    for (int slot = 0; slot < 5; slot++) {
      rule.put(slot, Math.log(slot == 2 ? 40 : rewards[slot]));
    }
    rule.put(2, Math.log(rewards[2]));
    assertShares(rule, shares(Arrays.stream(rewards).map(r -> Math.pow(r, 1.5)).toArray()));
  }

  @Test
  void rewardsFarBeyondTheRangeOfNumbersAreNeverLost() {
    DrawRule rule = DrawRule.of(new ReplayConfig.Prioritised(1000, Priority.REWARD, 100));
    rule.put(0, 50);
    rule.put(1, -20);
    rule.put(2, -20.01);
    int[] slots = new int[100];
    rule.draw(new Random(1), 3, slots);
    assertThat(slots).containsOnly(0);
    rule.put(0, -20.02); // e^7000 less: what was nothing beside it is all there is.
    assertShares(rule, shares(1, Math.exp(1), Math.exp(2)), 0, 2, 1);
  }

  @Test
  void prioritisedByLossFollowsTheLastLossAndFavoursWhatIsNew() {
    DrawRule rule = DrawRule.of(new ReplayConfig.Prioritised(1000, Priority.LOSS, 0.5));
    assertThat(rule.followsLosses()).isTrue();
    rule.put(0, 9);
    rule.put(1, 9);
    assertShares(rule, shares(1, 1));
    rule.trained(0, 4);
    rule.trained(1, 16);
    rule.put(2, -9); // As large as the largest, 16.
    assertShares(rule, shares(2, 4, 4));
    rule.trained(1, 1);
    rule.trained(2, 9);
    rule.put(3, 0); // Now 9.
    assertShares(rule, shares(2, 1, 3, 3));
    rule.trained(3, 0);
    assertThat(rule.logPriorities(4)[3]).isCloseTo(Math.log(1e-6), within(1e-9));
  }

  @Test
  void anExponentOfZeroDrawsAlike() {
    DrawRule rule = DrawRule.of(new ReplayConfig.Prioritised(1000, Priority.LOSS, 0));
    rule.put(0, 1);
    rule.put(1, 1);
    rule.trained(0, 0);
    rule.trained(1, 1e30);
    assertShares(rule, shares(1, 1));
  }

  @Test
  void aTreeThatHasGrownAndChangedIsTheSameAsOneFilledAtOnce() {
    Random random = new Random(2);
    LogSumTree changed = new LogSumTree();
    double[] weights = new double[500];
    for (int i = 0; i < 5_000; i++) {
      int slot = random.nextInt(1 + i / 10);
      weights[slot] = 50 * random.nextGaussian();
      changed.set(slot, weights[slot]);
    }
    LogSumTree fresh = new LogSumTree();
    for (int slot = 499; slot >= 0; slot--) {
      if (weights[slot] != 0) {
        fresh.set(slot, weights[slot]);
      }
    }
    for (int i = 0; i < 2_000; i++) {
      double uniform = random.nextDouble();
      assertThat(changed.draw(uniform)).isEqualTo(fresh.draw(uniform));
    }
    assertThat(weights[changed.draw(Math.nextDown(1.0))]).isNotZero();
  }

  private static double[] shares(double... weights) {
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }

  private static void assertShares(DrawRule rule, double[] expected, int... order) {
    int[] slots = new int[DRAWS];
    rule.draw(new Random(5), expected.length, slots);
    double[] counts = new double[expected.length];
    for (int slot : slots) {
      counts[slot]++;
    }
    for (int i = 0; i < expected.length; i++) {
      int slot = order.length == 0 ? i : order[i];
      double spread = Math.sqrt(expected[i] * (1 - expected[i]) / DRAWS);
      assertThat(counts[slot] / DRAWS)
          .as("share of slot %d", slot)
          .isCloseTo(expected[i], within(4.5 * spread + 1e-9));
    }
  }
}
