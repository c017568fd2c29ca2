package io.logitflow.sampler.sampling;

import java.nio.FloatBuffer;

/**
 * The numbers that rows are drawn with: a pure function of (seed, row, step), whoever computes it.
 * Allocates nothing; not thread-safe, since it holds the blocks in the making.
 *
 * <p>Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011: ten rounds, each two 32 x 32 -> 64 bit products of the counter's words 0 and 2, whose
 * high halves are mixed with the other words and the round's key, and whose low halves move up. The
 * key grows by a Weyl constant a round. Many blocks go through a round side by side, always as
 * many, which a compiler turns into vector instructions whatever it inlines: a sixth of the time of
 * one block after the other.
 */
public final class CounterRandom {
  private static final int WORDS = 4;
  private static final int ROUNDS = 10;
  static final int LANES = 32;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_2 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;

  /** The stream of the trajectories that candidates are drawn by. */
  public static final int TRAJECTORY_STREAM = 0;

  /** The stream of the trajectories that an estimate draws backward from an object. */
  public static final int BACKWARD_STREAM = 1;

  private final long[][] blocks = new long[WORDS][LANES];

  /**
   * Writes the uniforms of the steps of rows, each a multiple of 2^-24 in [0, 1).
   *
   * @param seed the request's
   * @param firstRow number of the first row; the others follow it
   * @param rows how many rows
   * @param target where to write, row by row; its position does not move
   * @param offset of the first row's first uniform
   * @param steps how many uniforms a row has, T
   */
  public void fill(long seed, long firstRow, int rows, FloatBuffer target, int offset, int steps) {
    fill(TRAJECTORY_STREAM, seed, firstRow, rows, target, offset, steps);
  }

  /**
   * Writes the uniforms of the steps of rows in one of several streams, whose numbers have nothing
   * to do with one another.
   *
   * @param stream what they are for
   * @param seed the request's
   * @param firstRow number of the first row; the others follow it
   * @param rows how many rows
   * @param target where to write, row by row; its position does not move
   * @param offset of the first row's first uniform
   * @param steps how many uniforms a row has, T
   */
  public void fill(
      int stream, long seed, long firstRow, int rows, FloatBuffer target, int offset, int steps) {
    for (int done = 0; done < rows; done += LANES) {
      int lanes = Math.min(LANES, rows - done);
      for (int block = 0; block * WORDS < steps; block++) {
        for (int lane = 0; lane < lanes; lane++) {
          long row = firstRow + done + lane;
          blocks[0][lane] = row & LOW;
          blocks[1][lane] = row >>> 32;
          blocks[2][lane] = block;
          blocks[3][lane] = stream;
        }
        encrypt(blocks, (int) seed, (int) (seed >>> 32));
        int words = Math.min(WORDS, steps - block * WORDS);
        for (int word = 0; word < words; word++) {
          int place = offset + done * steps + block * WORDS + word;
          for (int lane = 0; lane < lanes; lane++) {
            target.put(place + lane * steps, ((int) blocks[word][lane] >>> 8) * 0x1p-24F);
          }
        }
      }
    }
  }

  /**
   * Replaces counters by their images under a key.
   *
   * @param counters {@value #LANES} of four words each, [word][counter], of 32 bits; overwritten
   * @param lowKey the key's first word
   * @param highKey the key's second word
   */
  static void encrypt(long[][] counters, int lowKey, int highKey) {
    int low = lowKey;
    int high = highKey;
    for (int round = 0; round < ROUNDS; round++) {
      round(counters[0], counters[1], counters[2], counters[3], low & LOW, high & LOW);
      low += WEYL_0;
      high += WEYL_1;
    }
  }

  private static void round(
      long[] words0, long[] words1, long[] words2, long[] words3, long low, long high) {
    for (int lane = 0; lane < LANES; lane++) {
      long product0 = MULTIPLIER_0 * words0[lane];
      long product2 = MULTIPLIER_2 * words2[lane];
      words0[lane] = (product2 >>> 32) ^ words1[lane] ^ low;
      words1[lane] = product2 & LOW;
      words2[lane] = (product0 >>> 32) ^ words3[lane] ^ high;
      words3[lane] = product0 & LOW;
    }
  }
}
