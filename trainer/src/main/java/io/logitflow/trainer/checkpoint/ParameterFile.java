package io.logitflow.trainer.checkpoint;

import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.ParameterLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A flat parameter vector in a file, tensor by tensor under their names. */
final class ParameterFile {
  private ParameterFile() {}

  /**
   * Writes a file.
   *
   * @param file where to
   * @param layout where the tensors lie
   * @param vector [P]
   */
  static void write(Path file, ParameterLayout layout, float[] vector) throws IOException {
    TensorFile.write(
        file,
        out -> {
          for (ParameterBlock block : layout.blocks()) {
            float[] values =
                Arrays.copyOfRange(vector, block.offset(), block.offset() + block.size());
            long[] shape = block.shape().stream().mapToLong(Integer::longValue).toArray();
            out.add(block.name(), manager -> manager.create(values, new Shape(shape)));
          }
        });
  }

  /**
   * Reads a file.
   *
   * @param file an existing file
   * @param layout where the tensors lie
   * @return [P]
   * @throws io.logitflow.contract.InvalidInputException if it is not in the format or lacks a
   *     tensor
   */
  static float[] read(Path file, ParameterLayout layout) throws IOException {
    float[] vector = new float[layout.size()];
    try (TensorFile tensors = TensorFile.read(file)) {
      for (ParameterBlock block : layout.blocks()) {
        float[] values = tensors.get(block.name()).toFloatArray();
        System.arraycopy(values, 0, vector, block.offset(), block.size());
      }
    }
    return vector;
  }
}
