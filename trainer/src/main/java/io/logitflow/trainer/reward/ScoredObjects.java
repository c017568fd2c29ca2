package io.logitflow.trainer.reward;

import io.logitflow.trainer.environment.ObjectBatch;

/**
 * Objects with their scores.
 *
 * @param objects N objects
 * @param scores [N] their scores, untransformed
 */
public record ScoredObjects(ObjectBatch objects, double[] scores) {
  /** Checks that there is a score for each object. */
  public ScoredObjects {
    if (scores.length != objects.rows()) {
      throw new IllegalArgumentException(
          scores.length + " scores of " + objects.rows() + " objects");
    }
  }

  /**
   * Returns no objects.
   *
   * @param width S, the largest number of tokens of an object
   */
  public static ScoredObjects none(int width) {
    return new ScoredObjects(new ObjectBatch(0, width, new int[0], new int[0]), new double[0]);
  }

  /** Returns N, the number of objects. */
  public int rows() {
    return objects.rows();
  }

  /**
   * Returns a copy of some of the objects.
   *
   * @param rows their numbers
   */
  public ScoredObjects select(int... rows) {
    int width = objects.width();
    int[] tokens = new int[rows.length * width];
    int[] lengths = new int[rows.length];
    double[] selected = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(objects.tokens(), rows[i] * width, tokens, i * width, width);
      lengths[i] = objects.lengths()[rows[i]];
      selected[i] = scores[rows[i]];
    }
    return new ScoredObjects(new ObjectBatch(rows.length, width, tokens, lengths), selected);
  }
}
