package io.logitflow.trainer.training;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.random.RandomGenerator;

/**
 * Every other draw from the objects at or above a percentile of the rewards, the rest from those at
 * or below it (Kim et al. 2024). The percentile is the least reward that so many of a hundred do
 * not exceed.
 *
 * <p>Slots are kept in the order of their rewards. What has changed since the last draw is sorted
 * and merged in, so that a round costs one pass and not a sort.
 */
final class PercentileDraw implements DrawRule {
  private static final int FIRST_ALLOCATION = 64;

  private final BigDecimal share;
  private double[] logRewards = new double[FIRST_ALLOCATION];

  /** Slots by ascending log reward, ties by slot. */
  private int[] order = new int[FIRST_ALLOCATION];

  private int[] spare = new int[FIRST_ALLOCATION];
  private boolean[] isChanged = new boolean[FIRST_ALLOCATION];
  private int[] changed = new int[FIRST_ALLOCATION];
  private int changedCount;
  private int orderedCount;

  /**
   * Creates the rule of an empty buffer.
   *
   * @param percentile 0 to 100
   */
  PercentileDraw(double percentile) {
    this.share = BigDecimal.valueOf(percentile).movePointLeft(2);
  }

  @Override
  public void put(int slot, double logReward) {
    if (slot == logRewards.length) {
      int allocation = Math.multiplyExact(2, slot);
      logRewards = Arrays.copyOf(logRewards, allocation);
      order = Arrays.copyOf(order, allocation);
      spare = Arrays.copyOf(spare, allocation);
      isChanged = Arrays.copyOf(isChanged, allocation);
      changed = Arrays.copyOf(changed, allocation);
    }
    logRewards[slot] = logReward;
    if (!isChanged[slot]) {
      isChanged[slot] = true;
      changed[changedCount++] = slot;
    }
  }

  @Override
  public void draw(RandomGenerator random, int size, int[] slots) {
    mergeChanges();
    double limit = logRewards[order[NearestRank.of(share, size)]];
    int firstAtOrAbove = countBelow(limit, false);
    int atOrBelow = countBelow(limit, true);
    for (int i = 0; i < slots.length; i++) {
      int position =
          i % 2 == 0
              ? firstAtOrAbove + random.nextInt(size - firstAtOrAbove)
              : random.nextInt(atOrBelow);
      slots[i] = order[position];
    }
  }

  private void mergeChanges() {
    if (changedCount == 0) {
      return;
    }
    int[] incoming =
        Arrays.stream(changed, 0, changedCount)
            .boxed()
            .sorted(
                Comparator.<Integer>comparingDouble(slot -> logRewards[slot])
                    .thenComparing(Comparator.naturalOrder()))
            .mapToInt(Integer::intValue)
            .toArray();
    int merged = 0;
    int next = 0;
    for (int i = 0; i < orderedCount; i++) {
      int slot = order[i];
      if (isChanged[slot]) {
        continue;
      }
      while (next < incoming.length && precedes(incoming[next], slot)) {
        spare[merged++] = incoming[next++];
      }
      spare[merged++] = slot;
    }
    while (next < incoming.length) {
      spare[merged++] = incoming[next++];
    }
    int[] before = order;
    order = spare;
    spare = before;
    orderedCount = merged;
    for (int slot : incoming) {
      isChanged[slot] = false;
    }
    changedCount = 0;
  }

  private boolean precedes(int slot, int other) {
    int compared = Double.compare(logRewards[slot], logRewards[other]);
    return compared < 0 || (compared == 0 && slot < other);
  }

  /** Returns how many slots have a log reward below a limit, or at it too. */
  private int countBelow(double limit, boolean inclusive) {
    int low = 0;
    int high = orderedCount;
    while (low < high) {
      int middle = (low + high) >>> 1;
      double logReward = logRewards[order[middle]];
      if (logReward < limit || (inclusive && logReward == limit)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
