package io.logitflow.trainer.training;

import io.logitflow.trainer.environment.ObjectBatch;
import java.nio.IntBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Which of the known modes have been seen among sampled objects. */
public final class ModeTracker {
  private final Map<IntBuffer, Integer> numbers = new HashMap<>();
  private BitSet found = new BitSet();

  /**
   * Creates a tracker that has seen nothing.
   *
   * @param modes the known modes; none where none are known
   */
  public ModeTracker(ObjectBatch modes) {
    for (int row = 0; row < modes.rows(); row++) {
      numbers.put(modes.key(row), row);
    }
  }

  /**
   * Takes note of sampled objects.
   *
   * @param objects [N]
   */
  public void observe(ObjectBatch objects) {
    for (int row = 0; row < objects.rows(); row++) {
      Integer number = numbers.get(objects.key(row));
      if (number != null) {
        found.set(number);
      }
    }
  }

  /** Returns how many distinct modes have been seen. */
  public int foundCount() {
    return found.cardinality();
  }

  /** Returns how many modes are known. */
  public int totalCount() {
    return numbers.size();
  }

  /** Returns the modes seen, one bit for each by its position in the list. */
  public long[] found() {
    return found.toLongArray();
  }

  /**
   * Takes up what an earlier run has seen.
   *
   * @param bits what {@link #found} returned
   */
  public void restore(long[] bits) {
    found = BitSet.valueOf(bits);
  }
}
