package io.logitflow.sampler.onnx;

/**
 * What the values of a graph take together, an upper bound of what a run holds at one time in
 * whatever order its nodes are computed. Constants of the file are not among them.
 *
 * @param fixedBytes of the values that do not depend on the batch
 * @param bytesPerRow of a row in those that do, inputs and outputs among them
 */
public record RunMemory(long fixedBytes, long bytesPerRow) {
  /** Returns the most rows of a run, so that it takes {@link ModelBounds#LARGEST_RUN} at most. */
  public long mostRows() {
    return ModelBounds.LARGEST_RUN / bytesPerRow;
  }
}
