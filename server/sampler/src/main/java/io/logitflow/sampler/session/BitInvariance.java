package io.logitflow.sampler.session;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Whether rows have the same bits in a tile of every size, as runs of one session showed: each size
 * but the largest ran parts of a full tile alone, from its first rows to its last, {@value
 * #COMPARED_ROWS} rows in all or as many as there are.
 *
 * @param differingRows by size, how many of the rows that it ran came out otherwise than in the
 *     full tile
 */
public record BitInvariance(Map<Integer, Integer> differingRows) {
  private static final long SEED = 20_261_126L;

  /** Rows of one inverse temperature, so that tiles hold many or few of them. */
  private static final int ROWS_OF_ONE_BETA = 8;

  /** Enough that another kernel for a small tile does not agree on all of them by chance. */
  private static final int COMPARED_ROWS = 256;

  private static final int FIRST_AND_LAST = 2;

  /** Copies the map, smallest size first. */
  public BitInvariance {
    differingRows = Collections.unmodifiableMap(new TreeMap<>(differingRows));
  }

  /**
   * Measures.
   *
   * @param session runs the tiles
   * @param sizes what is compared
   */
  public static BitInvariance measure(RolloutSession session, TileSizes sizes) {
    Map<Integer, Integer> differing = new LinkedHashMap<>();
    int largest = sizes.largest();
    try (RolloutBuffers buffers = new RolloutBuffers(session.shape(), sizes)) {
      SplittableRandom random = new SplittableRandom(SEED);
      int steps = session.shape().steps();
      float[] betas = new float[largest];
      float[] uniforms = new float[largest * steps];
      for (int row = 0; row < largest; row++) {
        betas[row] = 0.5f + 4f * (row / ROWS_OF_ONE_BETA * ROWS_OF_ONE_BETA) / largest;
      }
      for (int i = 0; i < uniforms.length; i++) {
        uniforms[i] = random.nextFloat();
      }
      List<ByteBuffer> full = run(session, buffers, betas, uniforms, 0, largest);
      for (int size : sizes.all()) {
        if (size < largest) {
          int parts = parts(size, largest);
          int rows = 0;
          for (int part = 0; part < parts; part++) {
            int first = Math.toIntExact((long) part * (largest - size) / (parts - 1));
            rows += differing(full, first, run(session, buffers, betas, uniforms, first, size));
          }
          differing.put(size, rows);
        }
      }
    }
    return new BitInvariance(differing);
  }

  /** Returns whether no row differed. */
  public boolean holds() {
    return differingRows.values().stream().allMatch(rows -> rows == 0);
  }

  /**
   * Returns the sizes that tiles may have so that a row's bits do not depend on its neighbours: the
   * largest and those in which no row differed from it.
   *
   * @param compared the sizes
   */
  TileSizes trusted(TileSizes compared) {
    return compared.retaining(size -> differingRows.getOrDefault(size, 0) == 0);
  }

  private static int parts(int size, int largest) {
    return Math.max(FIRST_AND_LAST, Math.min(COMPARED_ROWS, largest) / size);
  }

  private static List<ByteBuffer> run(
      RolloutSession session,
      RolloutBuffers buffers,
      float[] betas,
      float[] uniforms,
      int first,
      int rows) {
    int steps = session.shape().steps();
    buffers.beta().put(0, betas, first, rows);
    buffers.uniform().put(0, uniforms, first * steps, rows * steps);
    session.run(buffers, rows);
    int bytes = session.shape().bytesPerRow();
    List<ByteBuffer> results = new ArrayList<>(rows);
    for (int row = 0; row < rows; row++) {
      results.add(
          ByteBuffer.allocate(bytes + 4 * Integer.BYTES)
              .put(buffers.tokens().slice(row * bytes, bytes))
              .putInt(buffers.length().get(row))
              .putInt(Float.floatToRawIntBits(buffers.logPf().get(row)))
              .putInt(Float.floatToRawIntBits(buffers.logPb().get(row)))
              .putInt(Float.floatToRawIntBits(buffers.logZ().get(row)))
              .flip());
    }
    return results;
  }

  private static int differing(List<ByteBuffer> full, int first, List<ByteBuffer> part) {
    int count = 0;
    for (int row = 0; row < part.size(); row++) {
      count += full.get(first + row).equals(part.get(row)) ? 0 : 1;
    }
    return count;
  }
}
