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
 * but the largest ran the first and the last rows of a full tile alone.
 *
 * @param differingRows by size, how many of the rows that it ran came out otherwise than in the
 *     full tile
 */
public record BitInvariance(Map<Integer, Integer> differingRows) {
  private static final long SEED = 20_261_126L;

  /** Rows of one inverse temperature, so that tiles hold many or few of them. */
  private static final int ROWS_OF_ONE_BETA = 8;

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
          differing.put(
              size,
              differing(full, 0, run(session, buffers, betas, uniforms, 0, size))
                  + differing(
                      full,
                      largest - size,
                      run(session, buffers, betas, uniforms, largest - size, size)));
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
   * Returns the sizes that tiles may have so that a row's bits do not depend on its neighbours: all
   * that were compared, or the largest alone.
   *
   * @param compared the sizes
   */
  TileSizes trusted(TileSizes compared) {
    return holds() ? compared : compared.onlyLargest();
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
