package io.logitflow.sampler.sampling;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps each object as it first comes in a request's rows, until there are enough. What it keeps is
 * a function of the rows in their order, not of how they are cut into blocks. Not thread-safe.
 */
public final class UniqueObjects {
  private final long wanted;
  private final Set<ByteBuffer> seen = new HashSet<>();
  private long draws;

  /**
   * Starts with nothing seen.
   *
   * @param wanted how many objects are enough, at least 1
   */
  public UniqueObjects(long wanted) {
    this.wanted = wanted;
  }

  /**
   * Takes the next rows, none once there are enough.
   *
   * @param candidates the rows, in their order
   * @return those of objects that are new; empty if there are none
   */
  public Optional<Candidates> keep(Candidates candidates) {
    int[] kept = new int[candidates.rowCount()];
    int count = 0;
    for (int i = 0; i < candidates.rowCount() && !enough(); i++) {
      draws++;
      if (seen.add(objectOf(candidates, i))) {
        kept[count++] = i;
      }
    }
    return count == 0
        ? Optional.empty()
        : Optional.of(candidates.select(Arrays.copyOf(kept, count)));
  }

  /** Returns whether as many objects came as were wanted. */
  public boolean enough() {
    return seen.size() >= wanted;
  }

  /** Returns the rows taken, up to the one that made it enough. */
  public long draws() {
    return draws;
  }

  /** Returns the objects that came. */
  public long unique() {
    return seen.size();
  }

  /** Returns an object's tokens, and its length, since padding looks like a token. */
  private static ByteBuffer objectOf(Candidates candidates, int i) {
    int width = candidates.bytesPerRow();
    ByteBuffer object = ByteBuffer.allocate(width + Integer.BYTES);
    object.put(candidates.tokens().slice(i * width, width)).putInt(candidates.length(i));
    return object.flip();
  }
}
