package io.logitflow.trainer.reward;

import java.util.Arrays;

/**
 * A sequence of bits.
 *
 * @param blocks bit i is bit i mod 64 of block i / 64; zeros behind the end
 * @param length n, at least 1
 */
record BitString(long[] blocks, int length) {
  /**
   * Reads a sequence.
   *
   * @param digits n digits 0 or 1
   */
  static BitString of(String digits) {
    long[] blocks = new long[(digits.length() + Long.SIZE - 1) / Long.SIZE];
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) == '1') {
        blocks[i / Long.SIZE] |= 1L << i;
      }
    }
    return new BitString(blocks, digits.length());
  }

  /**
   * Counts the positions at which two sequences differ.
   *
   * @param other of the same length
   */
  int hammingDistance(BitString other) {
    int distance = 0;
    for (int block = 0; block < blocks.length; block++) {
      distance += Long.bitCount(blocks[block] ^ other.blocks[block]);
    }
    return distance;
  }

  /**
   * Counts the fewest insertions, deletions and substitutions that turn one sequence into another.
   *
   * <p>64 cells of a column of the table of distances at a time, as the bits of their differences
   * to the cell above (Myers 1999, "A fast bit-vector algorithm for approximate string matching";
   * in blocks, with the top row of a global distance, Hyyrö 2003).
   *
   * @param other any sequence
   */
  int editDistance(BitString other) {
    long[] rises = new long[blocks.length];
    long[] falls = new long[blocks.length];
    Arrays.fill(rises, -1);
    long last = 1L << (length - 1);
    int distance = length;
    for (int column = 0; column < other.length; column++) {
      boolean bit = (other.blocks[column / Long.SIZE] >>> column & 1) != 0;
      int carry = 1;
      for (int block = 0; block < blocks.length; block++) {
        long matches = bit ? blocks[block] : ~blocks[block];
        long rise = rises[block];
        long fall = falls[block];
        long vertical = matches | fall;
        long entering = carry < 0 ? matches | 1 : matches;
        long horizontal = (((entering & rise) + rise) ^ rise) | entering;
        long rightRise = fall | ~(horizontal | rise);
        long rightFall = rise & horizontal;
        long bottom = block == blocks.length - 1 ? last : Long.MIN_VALUE;
        int leaving = (rightRise & bottom) != 0 ? 1 : (rightFall & bottom) != 0 ? -1 : 0;
        rightRise = rightRise << 1 | (carry > 0 ? 1 : 0);
        rightFall = rightFall << 1 | (carry < 0 ? 1 : 0);
        rises[block] = rightFall | ~(vertical | rightRise);
        falls[block] = rightRise & vertical;
        carry = leaving;
      }
      distance += carry;
    }
    return distance;
  }
}
