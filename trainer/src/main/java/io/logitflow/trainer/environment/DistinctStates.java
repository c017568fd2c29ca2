package io.logitflow.trainer.environment;

import java.util.Arrays;

/**
 * The distinct ones among states of a batch, so that what is computed of a state is computed once
 * however often it occurs: the root is the first state of every trajectory.
 *
 * @param states U states, in the order in which they first occur
 * @param index [N] the place in {@code states} of each state of the batch
 */
public record DistinctStates(StateBatch states, int[] index) {
  private static final int EMPTY = -1;

  /**
   * Finds the distinct states of a batch.
   *
   * @param batch any batch
   */
  public static DistinctStates of(StateBatch batch) {
    return of(batch, 0, batch.rows());
  }

  /**
   * Finds the distinct states of a part of a batch.
   *
   * @param batch any batch
   * @param first the first row of the part
   * @param count N, its number of rows
   */
  public static DistinctStates of(StateBatch batch, int first, int count) {
    // A table of open addressing, at most half full: the place among the chosen of a row's state.
    int mask = Math.max(1, Integer.highestOneBit(count) << 2) - 1;
    int[] table = new int[mask + 1];
    Arrays.fill(table, EMPTY);
    int[] chosen = new int[count];
    int[] index = new int[count];
    int found = 0;
    for (int i = 0; i < count; i++) {
      int row = first + i;
      int slot = hash(batch, row) & mask;
      while (table[slot] != EMPTY && !same(batch, chosen[table[slot]], row)) {
        slot = (slot + 1) & mask;
      }
      if (table[slot] == EMPTY) {
        table[slot] = found;
        chosen[found++] = row;
      }
      index[i] = table[slot];
    }
    return new DistinctStates(batch.select(Arrays.copyOf(chosen, found)), index);
  }

  private static int hash(StateBatch batch, int row) {
    int hash = batch.steps()[row];
    int end = (row + 1) * batch.width();
    for (int cell = row * batch.width(); cell < end; cell++) {
      hash = 31 * hash + batch.cells()[cell];
    }
    // Murmur3's last steps: the low bits of a sum of small numbers are too much alike.
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }

  private static boolean same(StateBatch batch, int a, int b) {
    int width = batch.width();
    return batch.steps()[a] == batch.steps()[b]
        && Arrays.equals(
            batch.cells(), a * width, (a + 1) * width, batch.cells(), b * width, (b + 1) * width);
  }
}
