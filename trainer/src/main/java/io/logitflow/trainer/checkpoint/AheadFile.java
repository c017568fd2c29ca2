package io.logitflow.trainer.checkpoint;

import ai.djl.ndarray.types.Shape;
import io.logitflow.trainer.training.BatchAhead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Batches that were drawn for the rounds to come, in a file: {@code rounds} [n], and for each of
 * these rounds r {@code betas.r} [N], {@code actions.r} [T, N], {@code scores.r} [N] (NaN where the
 * reward has not answered) and {@code asked.r} [N], 1 where it is asked for this batch, else 0.
 */
final class AheadFile {
  private AheadFile() {}

  /**
   * Writes a file.
   *
   * @param file where to
   * @param batches the batches
   * @param round the round of the first of them
   */
  static void write(Path file, List<BatchAhead> batches, long round) throws IOException {
    long[] rounds = new long[batches.size()];
    for (int i = 0; i < rounds.length; i++) {
      rounds[i] = round + i;
    }
    TensorFile.write(
        file,
        out -> {
          out.add("rounds", manager -> manager.create(rounds));
          for (int i = 0; i < rounds.length; i++) {
            BatchAhead batch = batches.get(i);
            int rows = batch.betas().length;
            Shape steps = new Shape(batch.actions().length / rows, rows);
            out.add("betas." + rounds[i], manager -> manager.create(batch.betas()));
            out.add("actions." + rounds[i], manager -> manager.create(batch.actions(), steps));
            out.add("scores." + rounds[i], manager -> manager.create(batch.scores()));
            out.add("asked." + rounds[i], manager -> manager.create(integers(batch.asked())));
          }
        });
  }

  private static int[] integers(boolean[] marks) {
    int[] integers = new int[marks.length];
    for (int i = 0; i < marks.length; i++) {
      integers[i] = marks[i] ? 1 : 0;
    }
    return integers;
  }

  /**
   * Reads a file.
   *
   * @param file an existing file
   * @throws io.logitflow.contract.InvalidInputException if it is not in the format or lacks a
   *     tensor
   */
  static List<BatchAhead> read(Path file) throws IOException {
    List<BatchAhead> batches = new ArrayList<>();
    try (TensorFile tensors = TensorFile.read(file)) {
      for (long round : tensors.get("rounds").toLongArray()) {
        int[] marks = tensors.get("asked." + round).toIntArray();
        boolean[] asked = new boolean[marks.length];
        for (int i = 0; i < marks.length; i++) {
          asked[i] = marks[i] == 1;
        }
        batches.add(
            new BatchAhead(
                tensors.get("betas." + round).toFloatArray(),
                tensors.get("actions." + round).toIntArray(),
                tensors.get("scores." + round).toDoubleArray(),
                asked));
      }
    }
    return batches;
  }
}
