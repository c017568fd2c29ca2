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
 * but the largest ran parts of a full tile alone, from its first rows to its last, two at least:
 * 256 rows in all or more, and 8,192 or more, as far as there are, where none of these differed.
 *
 * @param differingRows by size, how many of the rows that it ran came out otherwise than in the
 *     full tile
 */
public record BitInvariance(Map<Integer, Integer> differingRows) {
  private static final long SEED = 20_261_126L;

  /**
   * Rows of one inverse temperature in the second half of a tile; each of the first half has its
   * own. So what depends on β alone is computed for few rows and for nearly as many as there are.
   */
  private static final int ROWS_OF_ONE_BETA = 8;

  /** Most other kernels show in few rows; one that differs in one of 1,500 was seen as well. */
  private static final List<Integer> COMPARED_ROWS = List.of(256, 8_192);

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
      Inputs inputs = Inputs.random(session, buffers, largest);
      List<ByteBuffer> full = inputs.run(0, largest);
      for (int size : sizes.all()) {
        if (size < largest) {
          differing.put(
              size,
              COMPARED_ROWS.stream()
                  .map(compared -> parts(size, Math.min(compared, largest)))
                  .distinct()
                  .mapToInt(parts -> inputs.differing(full, size, parts))
                  .filter(rows -> rows > 0)
                  .findFirst()
                  .orElse(0));
        }
      }
    }
    return new BitInvariance(differing);
  }

  /**
   * Returns the sizes that tiles may have so that a row's bits do not depend on its neighbours: the
   * largest and those in which no row differed from it.
   *
   * @param compared the sizes
   */
  TileSizes trusted(TileSizes compared) {
    return compared.retaining(size -> Integer.valueOf(0).equals(differingRows.get(size)));
  }

  private static int parts(int size, int rows) {
    return Math.max(FIRST_AND_LAST, rows / size);
  }

  /**
   * What the rows of a full tile are drawn from.
   *
   * @param session runs tiles of them
   * @param buffers for a full tile
   * @param betas [B]
   * @param uniforms [B, T]
   */
  private record Inputs(
      RolloutSession session, RolloutBuffers buffers, float[] betas, float[] uniforms) {
    static Inputs random(RolloutSession session, RolloutBuffers buffers, int rows) {
      SplittableRandom random = new SplittableRandom(SEED);
      float[] betas = new float[rows];
      float[] uniforms = new float[rows * session.shape().steps()];
      for (int row = 0; row < rows; row++) {
        int place = row < rows / 2 ? row : row / ROWS_OF_ONE_BETA * ROWS_OF_ONE_BETA;
        betas[row] = 0.5f + 4f * place / rows;
      }
      for (int i = 0; i < uniforms.length; i++) {
        uniforms[i] = random.nextFloat();
      }
      return new Inputs(session, buffers, betas, uniforms);
    }

    /** Runs so many tiles of a size; returns how many of their rows came out otherwise. */
    int differing(List<ByteBuffer> full, int size, int parts) {
      int largest = full.size();
      int count = 0;
      for (int part = 0; part < parts; part++) {
        int first = Math.toIntExact((long) part * (largest - size) / (parts - 1));
        List<ByteBuffer> alone = run(first, size);
        for (int row = 0; row < size; row++) {
          count += full.get(first + row).equals(alone.get(row)) ? 0 : 1;
        }
      }
      return count;
    }

    /** Runs a tile; returns all that comes out of each row. */
    List<ByteBuffer> run(int first, int rows) {
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
  }
}
