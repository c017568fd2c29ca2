package io.logitflow.sampler.sampling;

import java.nio.FloatBuffer;

/**
 * The numbers that a row is drawn with: a pure function of (seed, row, step), whoever computes it.
 * Allocates nothing; not thread-safe, since it holds the block in the making.
 *
 * <p>Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011: ten rounds, each two 32 x 32 -> 64 bit products of the counter's words 0 and 2, whose
 * high halves are mixed with the other words and the round's key, and whose low halves move up. The
 * key grows by a Weyl constant a round.
 */
public final class CounterRandom {
  private static final int WORDS = 4;
  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_2 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;

  /** The stream of the trajectories that candidates are drawn by. */
  public static final int TRAJECTORY_STREAM = 0;

  /** The stream of the trajectories that an estimate draws backward from an object. */
  public static final int BACKWARD_STREAM = 1;

  private final int[] block = new int[WORDS];

  /**
   * Writes the uniforms of a row's steps, each a multiple of 2^-24 in [0, 1).
   *
   * @param seed the request's
   * @param row the row's number
   * @param target where to write; its position does not move
   * @param offset of the first step's uniform
   * @param steps how many uniforms, T
   */
  public void fill(long seed, long row, FloatBuffer target, int offset, int steps) {
    fill(TRAJECTORY_STREAM, seed, row, target, offset, steps);
  }

  /**
   * Writes the uniforms of a row's steps in one of several streams, whose numbers have nothing to
   * do with one another.
   *
   * @param stream what they are for
   * @param seed the request's
   * @param row the row's number
   * @param target where to write; its position does not move
   * @param offset of the first step's uniform
   * @param steps how many uniforms, T
   */
  public void fill(int stream, long seed, long row, FloatBuffer target, int offset, int steps) {
    for (int step = 0; step < steps; step++) {
      int word = step % WORDS;
      if (word == 0) {
        block[0] = (int) row;
        block[1] = (int) (row >>> 32);
        block[2] = step / WORDS;
        block[3] = stream;
        encrypt(block, (int) seed, (int) (seed >>> 32));
      }
      target.put(offset + step, (block[word] >>> 8) * 0x1p-24F);
    }
  }

  /**
   * Replaces a counter by its image under a key.
   *
   * @param counter four words, overwritten
   * @param lowKey the key's first word
   * @param highKey the key's second word
   */
  static void encrypt(int[] counter, int lowKey, int highKey) {
    int c0 = counter[0];
    int c1 = counter[1];
    int c2 = counter[2];
    int c3 = counter[3];
    int k0 = lowKey;
    int k1 = highKey;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & LOW);
      long product2 = MULTIPLIER_2 * (c2 & LOW);
      c0 = (int) (product2 >>> 32) ^ c1 ^ k0;
      c1 = (int) product2;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    counter[0] = c0;
    counter[1] = c1;
    counter[2] = c2;
    counter[3] = c3;
  }
}
