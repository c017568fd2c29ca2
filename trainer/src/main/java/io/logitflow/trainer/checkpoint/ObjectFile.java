package io.logitflow.trainer.checkpoint;

import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.environment.ObjectBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Objects in a file of tensors ({@code tokens} [N, S], {@code lengths} [N]), with columns of
 * numbers.
 *
 * @param objects N objects
 * @param columns numbers by their name, each [N] or empty
 */
record ObjectFile(ObjectBatch objects, Map<String, double[]> columns) {
  /**
   * Writes the file.
   *
   * @param file where to
   */
  void write(Path file) throws IOException {
    TensorFile.write(
        file,
        out -> {
          Shape shape = new Shape(objects.rows(), objects.width());
          out.add("tokens", manager -> manager.create(objects.tokens(), shape));
          out.add("lengths", manager -> manager.create(objects.lengths()));
          columns.forEach((name, values) -> out.add(name, manager -> manager.create(values)));
        });
  }

  /**
   * Reads a file.
   *
   * @param file an existing file
   * @param columns names of the columns
   * @throws io.logitflow.contract.InvalidInputException if it is not in the format or lacks a
   *     column
   */
  static ObjectFile read(Path file, List<String> columns) throws IOException {
    try (TensorFile tensors = TensorFile.read(file)) {
      int[] lengths = tensors.get("lengths").toIntArray();
      int width = Math.toIntExact(tensors.get("tokens").getShape().get(1));
      ObjectBatch objects =
          new ObjectBatch(lengths.length, width, tensors.get("tokens").toIntArray(), lengths);
      Map<String, double[]> read = new LinkedHashMap<>();
      for (String column : columns) {
        read.put(column, tensors.get(column).toDoubleArray());
      }
      return new ObjectFile(objects, read);
    }
  }

  /** Returns a column that was read. */
  double[] column(String name) {
    return columns.getOrDefault(name, new double[0]);
  }
}
