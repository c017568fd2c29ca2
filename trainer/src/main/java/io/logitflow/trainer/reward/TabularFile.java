package io.logitflow.trainer.reward;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.Problem;
import io.logitflow.trainer.environment.ObjectText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A table in a file, read once from front to back with the faults of all its rows collected:
 * Parquet if the name ends in {@code .parquet}, else CSV with a header, in UTF-8, gzipped if the
 * name ends in {@code .gz}.
 */
public final class TabularFile {
  private TabularFile() {}

  /** What takes the rows of a table. */
  @FunctionalInterface
  public interface RowReader {
    /**
     * Takes a row.
     *
     * @param subject the file and the line (CSV, the header is line 1) or row (Parquet, from 1 on),
     *     for messages
     * @param fields the row's fields of the columns asked for, in that order; numbers of a Parquet
     *     file as text that parses to the same double
     * @throws InvalidInputException if the row is at fault; reading goes on and reports it at the
     *     end
     */
    void read(String subject, List<String> fields);
  }

  /**
   * Reads columns of a file.
   *
   * @param file the file
   * @param columns headers of the columns wanted
   * @param rows takes each row in order
   * @return the SHA-256 of the file's bytes as stored, 64 lower-case hexadecimal digits
   * @throws InvalidInputException if the file is missing, is not of its format, lacks a column or
   *     has rows at fault: the first ten, and the number of the others
   * @throws LogitFlowException if the disk refuses
   */
  public static String read(Path file, List<String> columns, RowReader rows) {
    boolean parquet = file.toString().endsWith(".parquet");
    if (!Files.isRegularFile(file)) {
      String found = Files.isDirectory(file) ? "a directory" : "no such file";
      throw new InvalidInputException(
          file.toString(), found, parquet ? "a Parquet file" : "a CSV file");
    }
    return parquet ? ParquetTable.read(file, columns, rows) : CsvTable.read(file, columns, rows);
  }

  /**
   * Reads a score.
   *
   * @param subject where it stands, for the message of a fault
   * @param field the field's text
   * @throws InvalidInputException if it is not a finite number
   */
  public static double score(String subject, String field) {
    double score = Double.NaN;
    try {
      score = Double.parseDouble(field);
    } catch (NumberFormatException e) {
      // Refused below, with what parses but is not finite.
    }
    if (!Double.isFinite(score)) {
      throw new InvalidInputException(
          subject, "score " + ObjectText.shown(field), "a finite number");
    }
    return score;
  }

  /**
   * Finds columns in a header.
   *
   * @param subject where the header stands, for the message of a fault
   * @param header names of all columns
   * @param columns names of the columns wanted
   * @return the positions of the columns wanted
   * @throws InvalidInputException if a column is not there exactly once
   */
  static int[] positions(String subject, List<String> header, List<String> columns) {
    List<Problem> missing = new ArrayList<>();
    int[] positions = new int[columns.size()];
    for (int i = 0; i < positions.length; i++) {
      String column = columns.get(i);
      positions[i] = header.indexOf(column);
      if (positions[i] < 0 || header.lastIndexOf(column) != positions[i]) {
        missing.add(
            new Problem(
                subject,
                "columns " + ObjectText.shown(String.join(", ", header)),
                "one column " + ObjectText.shown(column)));
      }
    }
    if (!missing.isEmpty()) {
      throw new InvalidInputException(missing);
    }
    return positions;
  }
}
