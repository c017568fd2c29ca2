package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.environment.ObjectBatch;
import java.util.Arrays;
import java.util.List;

/** Objects of a batch one by one, and batches of single objects. */
final class ObjectRows {
  private ObjectRows() {}

  /** Returns a copy of the tokens of one object, as many as it has. */
  static int[] tokens(ObjectBatch objects, int row) {
    int first = row * objects.width();
    return Arrays.copyOfRange(objects.tokens(), first, first + objects.lengths()[row]);
  }

  /**
   * Joins objects.
   *
   * @param objects the tokens of each
   * @param width S, the largest number of tokens of an object
   */
  static ObjectBatch batch(List<int[]> objects, int width) {
    int[] tokens = new int[objects.size() * width];
    int[] lengths = new int[objects.size()];
    for (int row = 0; row < lengths.length; row++) {
      System.arraycopy(objects.get(row), 0, tokens, row * width, objects.get(row).length);
      lengths[row] = objects.get(row).length;
    }
    return new ObjectBatch(lengths.length, width, tokens, lengths);
  }

  /** Returns a copy of some rows of a batch. */
  static ObjectBatch range(ObjectBatch objects, int first, int count) {
    int width = objects.width();
    return new ObjectBatch(
        count,
        width,
        Arrays.copyOfRange(objects.tokens(), first * width, (first + count) * width),
        Arrays.copyOfRange(objects.lengths(), first, first + count));
  }

  /**
   * Returns copies of some objects of a batch, those of one after those of another.
   *
   * @param copies of each
   * @param rows numbers of the objects
   */
  static ObjectBatch repeated(ObjectBatch objects, int copies, int... rows) {
    int width = objects.width();
    int[] tokens = new int[rows.length * copies * width];
    int[] lengths = new int[rows.length * copies];
    for (int copy = 0; copy < lengths.length; copy++) {
      int row = rows[copy / copies];
      System.arraycopy(objects.tokens(), row * width, tokens, copy * width, width);
      lengths[copy] = objects.lengths()[row];
    }
    return new ObjectBatch(lengths.length, width, tokens, lengths);
  }
}
