package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.environment.Environment;

/**
 * How far apart two objects are: where all have the same length, the positions in which they differ
 * (Hamming); else the fewest insertions, deletions and replacements of a token that turn one into
 * the other (Levenshtein).
 */
final class ObjectDistance {
  private final boolean sameLength;
  private final int[] above;
  private final int[] current;

  /**
   * Creates a distance, with its scratch space; not thread-safe.
   *
   * @param environment whose objects are compared
   */
  ObjectDistance(Environment environment) {
    this.sameLength = environment.minimumLength() == environment.maximumLength();
    this.above = new int[environment.maximumLength() + 1];
    this.current = new int[above.length];
  }

  /**
   * Computes the distance.
   *
   * @param a tokens of an object, as many as it has
   * @param b tokens of another
   */
  int between(int[] a, int[] b) {
    return sameLength ? hamming(a, b) : edits(a, b);
  }

  /** Returns how many pairs of tokens are compared at most for one distance. */
  long work() {
    long longest = above.length - 1L;
    return sameLength ? longest : longest * longest;
  }

  private static int hamming(int[] a, int[] b) {
    int distance = 0;
    for (int i = 0; i < a.length; i++) {
      distance += a[i] == b[i] ? 0 : 1;
    }
    return distance;
  }

  /** Fills the table of distances of all beginnings of both, row by row. */
  private int edits(int[] a, int[] b) {
    for (int j = 0; j <= b.length; j++) {
      current[j] = j;
    }
    for (int i = 1; i <= a.length; i++) {
      System.arraycopy(current, 0, above, 0, b.length + 1);
      current[0] = i;
      for (int j = 1; j <= b.length; j++) {
        int replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(above[j], current[j - 1]));
      }
    }
    return current[b.length];
  }
}
