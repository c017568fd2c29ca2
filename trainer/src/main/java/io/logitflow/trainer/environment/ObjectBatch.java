package io.logitflow.trainer.environment;

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
}
