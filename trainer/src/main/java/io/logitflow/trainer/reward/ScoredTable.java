package io.logitflow.trainer.reward;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.ObjectText;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Some objects of an environment with their scores, as a table holds them.
 *
 * @param objects distinct objects in the file's order
 * @param fingerprint SHA-256 of the file's bytes
 */
public record ScoredTable(ScoredObjects objects, String fingerprint) {
  /**
   * Reads a table.
   *
   * @param file the file
   * @param objectColumn header of the column that holds objects as text
   * @param scoreColumn header of the column that holds scores
   * @param environment whose objects they are
   * @throws InvalidInputException if the file is missing or at fault: every row with an object that
   *     is none of the environment's or stands in an earlier row, or a score that is not a finite
   *     number
   */
  public static ScoredTable read(
      Path file, String objectColumn, String scoreColumn, Environment environment) {
    ObjectText text = new ObjectText(environment);
    List<int[]> objects = new ArrayList<>();
    List<Double> scores = new ArrayList<>();
    Set<IntBuffer> seen = new HashSet<>();
    String fingerprint =
        TabularFile.read(
            file,
            List.of(objectColumn, scoreColumn),
            (subject, fields) -> {
              int[] tokens = text.parse(subject, fields.get(0));
              double score = TabularFile.score(subject, fields.get(1));
              if (!seen.add(IntBuffer.wrap(tokens))) {
                throw new InvalidInputException(
                    subject,
                    ObjectText.shown(fields.get(0)) + " for the second time",
                    "each object once");
              }
              objects.add(tokens);
              scores.add(score);
            });
    int width = environment.maximumLength();
    int[] tokens = new int[objects.size() * width];
    int[] lengths = new int[objects.size()];
    for (int row = 0; row < lengths.length; row++) {
      System.arraycopy(objects.get(row), 0, tokens, row * width, objects.get(row).length);
      lengths[row] = objects.get(row).length;
    }
    return new ScoredTable(
        new ScoredObjects(
            new ObjectBatch(lengths.length, width, tokens, lengths),
            scores.stream().mapToDouble(Double::doubleValue).toArray()),
        fingerprint);
  }
}
