package io.logitflow.trainer.environment;

import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * A batch of finished objects as token ids.
 *
 * @param rows N
 * @param width S, the largest number of tokens of an object
 * @param tokens [N, S] row-major, 0 behind the end of an object
 * @param lengths [N], the number of tokens of each object
 */
public record ObjectBatch(int rows, int width, int[] tokens, int[] lengths) {
  /** Checks that the arrays have the sizes that they claim. */
  public ObjectBatch {
    if (tokens.length != rows * width || lengths.length != rows) {
      throw new IllegalArgumentException(
          "arrays of " + tokens.length + " and " + lengths.length + " for " + rows + "x" + width);
    }
  }

  /**
   * Returns a copy of the tokens of one object, as many as it has, that compares by content: a key
   * of maps.
   *
   * @param row 0 to N - 1
   */
  public IntBuffer key(int row) {
    int first = row * width;
    return IntBuffer.wrap(Arrays.copyOfRange(tokens, first, first + lengths[row]));
  }
}
