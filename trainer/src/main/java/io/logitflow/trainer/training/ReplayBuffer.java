package io.logitflow.trainer.training;

import io.logitflow.trainer.environment.ObjectBatch;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Distinct objects seen in training with their log rewards, the oldest leaving first. Memory grows
 * with what is kept, up to the capacity.
 */
final class ReplayBuffer {
  private static final int FIRST_ALLOCATION = 1024;

  private final int capacity;
  private final int width;
  private final DrawRule rule;
  private final Map<IntBuffer, Integer> slots = new HashMap<>();
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
   * @param rule how objects are drawn; knows of none so far
   */
  ReplayBuffer(int capacity, int width, DrawRule rule) {
    this.capacity = capacity;
    this.width = width;
    this.rule = rule;
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
      IntBuffer object = objects.key(row);
      if (slots.containsKey(object)) {
        continue;
      }
      int slot;
      if (size < capacity) {
        slot = size++;
        grow();
      } else {
        slot = oldest;
        slots.remove(IntBuffer.wrap(tokens, slot * width, lengths[slot]).slice());
        oldest = (oldest + 1) % capacity;
      }
      slots.put(object, slot);
      fill(slot, objects, row);
      logRewards[slot] = rewards[row];
      rule.put(slot, rewards[row]);
    }
  }

  private void fill(int slot, ObjectBatch objects, int row) {
    System.arraycopy(objects.tokens(), row * width, tokens, slot * width, width);
    lengths[slot] = objects.lengths()[row];
  }

  /**
   * Takes note of the losses of trajectories.
   *
   * @param objects [N] objects that they lead to, in the buffer or not
   * @param losses [N]
   */
  void trained(ObjectBatch objects, float[] losses) {
    if (!rule.followsLosses()) {
      return;
    }
    for (int row = 0; row < losses.length; row++) {
      Integer slot = slots.get(objects.key(row));
      if (slot != null) {
        rule.trained(slot, losses[row]);
      }
    }
  }

  /**
   * Draws objects.
   *
   * @param random source of randomness
   * @param rows N; the buffer must not be empty
   */
  ReplayedObjects draw(RandomGenerator random, int rows) {
    int[] drawn = new int[rows];
    rule.draw(random, size, drawn);
    int[] drawnTokens = new int[rows * width];
    int[] drawnLengths = new int[rows];
    double[] drawnRewards = new double[rows];
    for (int row = 0; row < rows; row++) {
      int slot = drawn[row];
      System.arraycopy(tokens, slot * width, drawnTokens, row * width, width);
      drawnLengths[row] = lengths[slot];
      drawnRewards[row] = logRewards[slot];
    }
    return new ReplayedObjects(
        new ObjectBatch(rows, width, drawnTokens, drawnLengths), drawnRewards);
  }

  /** Returns a copy of all that the buffer holds. */
  ReplayContents contents() {
    return new ReplayContents(
        new ObjectBatch(
            size, width, Arrays.copyOf(tokens, size * width), Arrays.copyOf(lengths, size)),
        Arrays.copyOf(logRewards, size),
        rule.logPriorities(size),
        oldest);
  }

  /**
   * Fills an empty buffer.
   *
   * @param saved what {@link #contents} of a buffer of the same capacity and rule returned
   */
  void restore(ReplayContents saved) {
    size = saved.objects().rows();
    oldest = saved.oldest();
    grow();
    for (int slot = 0; slot < size; slot++) {
      slots.put(saved.objects().key(slot), slot);
      fill(slot, saved.objects(), slot);
    }
    System.arraycopy(saved.logRewards(), 0, logRewards, 0, size);
    rule.restore(saved.logRewards(), saved.logPriorities());
  }

  private void grow() {
    if (size > lengths.length) {
      long wanted = Math.max(Math.max(FIRST_ALLOCATION, size), 2L * lengths.length);
      int allocation = (int) Math.min(capacity, wanted);
      tokens = Arrays.copyOf(tokens, Math.multiplyExact(allocation, width));
      lengths = Arrays.copyOf(lengths, allocation);
      logRewards = Arrays.copyOf(logRewards, allocation);
    }
  }
}
