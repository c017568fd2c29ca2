package io.logitflow.trainer.training;

import io.logitflow.trainer.environment.ObjectBatch;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Distinct objects seen in training with their log rewards, the oldest leaving first, drawn
 * uniformly with replacement. Memory grows with what is kept, up to the capacity.
 */
final class ReplayBuffer {
  private static final int FIRST_ALLOCATION = 1024;

  private final int capacity;
  private final int width;
  private final Set<IntBuffer> present = new HashSet<>();
  private int[] tokens = new int[0];
  private int[] lengths = new int[0];
  private double[] logRewards = new double[0];
  private int oldest;
  private int size;

  /**
   * Creates an empty buffer.
   *
   * @param capacity the most objects kept, at least 1
   * @param width S, the largest number of tokens of an object
   */
  ReplayBuffer(int capacity, int width) {
    this.capacity = capacity;
    this.width = width;
  }

  /** Returns the number of objects kept. */
  int size() {
    return size;
  }

  /**
   * Adds the objects that are not there yet, in their order.
   *
   * @param objects [N]
   * @param rewards [N] their log rewards
   */
  void add(ObjectBatch objects, double[] rewards) {
    for (int row = 0; row < objects.rows(); row++) {
      int from = row * width;
      IntBuffer object =
          IntBuffer.wrap(Arrays.copyOfRange(objects.tokens(), from, from + objects.lengths()[row]));
      if (!present.add(object)) {
        continue;
      }
      int slot;
      if (size < capacity) {
        slot = size++;
        grow();
      } else {
        slot = oldest;
        present.remove(IntBuffer.wrap(tokens, slot * width, lengths[slot]).slice());
        oldest = (oldest + 1) % capacity;
      }
      System.arraycopy(objects.tokens(), from, tokens, slot * width, width);
      lengths[slot] = objects.lengths()[row];
      logRewards[slot] = rewards[row];
    }
  }

  /**
   * Draws objects.
   *
   * @param random source of randomness
   * @param rows N; the buffer must not be empty
   */
  ReplayedObjects draw(RandomGenerator random, int rows) {
    int[] positions = new int[rows];
    for (int row = 0; row < rows; row++) {
      positions[row] = random.nextInt(size);
    }
    return at(positions);
  }

  /** Returns all objects, the oldest first. */
  ReplayedObjects contents() {
    int[] positions = new int[size];
    for (int i = 0; i < size; i++) {
      positions[i] = i;
    }
    return at(positions);
  }

  /** Copies out objects by their age, 0 the oldest. */
  private ReplayedObjects at(int[] positions) {
    int rows = positions.length;
    int[] drawn = new int[rows * width];
    int[] drawnLengths = new int[rows];
    double[] drawnRewards = new double[rows];
    for (int row = 0; row < rows; row++) {
      int slot = (oldest + positions[row]) % size;
      System.arraycopy(tokens, slot * width, drawn, row * width, width);
      drawnLengths[row] = lengths[slot];
      drawnRewards[row] = logRewards[slot];
    }
    return new ReplayedObjects(new ObjectBatch(rows, width, drawn, drawnLengths), drawnRewards);
  }

  private void grow() {
    if (size > lengths.length) {
      int allocation = (int) Math.min(capacity, Math.max(FIRST_ALLOCATION, 2L * lengths.length));
      tokens = Arrays.copyOf(tokens, Math.multiplyExact(allocation, width));
      lengths = Arrays.copyOf(lengths, allocation);
      logRewards = Arrays.copyOf(logRewards, allocation);
    }
  }
}
