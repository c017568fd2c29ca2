package io.logitflow.trainer.reward;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.Problem;
import io.logitflow.contract.Sha256;
import io.logitflow.trainer.environment.ObjectText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How often each base was seen at each position of the sites that a protein binds.
 *
 * @param counts [4][W], rows A, C, G, T; no column without a count
 * @param fingerprint SHA-256 of the file that it was read from
 */
record PositionFrequencyMatrix(double[][] counts, String fingerprint) {
  private static final String BASES = "ACGT";

  /** Returns W, the number of positions. */
  int width() {
    return counts[0].length;
  }

  /**
   * Reads a file of one matrix in JASPAR's format: a line {@code >ID NAME}, then for A, C, G and T
   * a line of the base and its counts, as in {@code A [ 4 19 0 ]}. The brackets, and the names of
   * the bases if all are absent, may be missing, as in JASPAR's {@code .pfm} files.
   *
   * @param file the file, in UTF-8
   * @throws InvalidInputException if the file is missing, or with all faults of its lines
   * @throws LogitFlowException if the disk refuses
   */
  static PositionFrequencyMatrix read(Path file) {
    String expected = "one position frequency matrix in JASPAR's format";
    if (!Files.isRegularFile(file)) {
      String found = Files.isDirectory(file) ? "a directory" : "no such file";
      throw new InvalidInputException(file.toString(), found, expected);
    }
    try {
      byte[] bytes = Files.readAllBytes(file);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)) + "";
      return new PositionFrequencyMatrix(parse(file, text), Sha256.of(bytes));
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(file.toString(), "bytes that are not UTF-8", expected);
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
  }

  private static double[][] parse(Path file, String text) {
    List<Problem> problems = new ArrayList<>();
    double[][] counts = new double[BASES.length()][];
    int row = -1;
    int lineNumber = 0;
    for (String line : text.lines().map(String::strip).toList()) {
      lineNumber++;
      String subject = file + ":" + lineNumber;
      if (line.isEmpty()) {
        continue;
      }
      if (row < 0) {
        if (!line.startsWith(">")) {
          problems.add(new Problem(subject, ObjectText.shown(line), "a line >ID NAME"));
        }
      } else if (row >= BASES.length()) {
        problems.add(
            new Problem(subject, ObjectText.shown(line), "no line behind those of A, C, G and T"));
        break;
      } else {
        counts[row] = parseRow(subject, line, BASES.charAt(row), problems);
      }
      row++;
    }
    if (row < BASES.length()) {
      problems.add(
          new Problem(
              file.toString(),
              Math.max(row, 0) + " lines of counts",
              "a line >ID NAME and one for each of A, C, G and T"));
    } else if (problems.isEmpty()) {
      checkColumns(file, counts, problems);
    }
    if (!problems.isEmpty()) {
      throw new InvalidInputException(problems);
    }
    return counts;
  }

  private static double[] parseRow(String subject, String line, char base, List<Problem> problems) {
    char first = line.charAt(0);
    boolean named = Character.isLetter(first);
    if (named && first != base) {
      problems.add(new Problem(subject, ObjectText.shown(line), "the counts of " + base));
      return new double[0];
    }
    String numbers = (named ? line.substring(1) : line).strip();
    if (numbers.startsWith("[") && numbers.endsWith("]")) {
      numbers = numbers.substring(1, numbers.length() - 1).strip();
    }
    String[] fields = numbers.isEmpty() ? new String[0] : numbers.split("\\s+");
    double[] row = new double[fields.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = -1;
      try {
        row[i] = Double.parseDouble(fields[i]);
      } catch (NumberFormatException e) {
        // Refused below, with what parses but counts nothing.
      }
      if (!(row[i] >= 0) || Double.isInfinite(row[i])) {
        problems.add(
            new Problem(subject, "count " + ObjectText.shown(fields[i]), "a number of at least 0"));
      }
    }
    return row;
  }

  private static void checkColumns(Path file, double[][] counts, List<Problem> problems) {
    int width = counts[0].length;
    int[] widths = Arrays.stream(counts).mapToInt(row -> row.length).toArray();
    if (width == 0 || Arrays.stream(widths).anyMatch(other -> other != width)) {
      problems.add(
          new Problem(
              file.toString(),
              "lines of " + Arrays.toString(widths) + " counts",
              "as many for each base, at least 1"));
      return;
    }
    for (int column = 0; column < width; column++) {
      int position = column;
      if (Arrays.stream(counts).mapToDouble(row -> row[position]).sum() == 0) {
        problems.add(
            new Problem(
                file.toString(),
                "no counts at position " + (column + 1),
                "some at every position"));
      }
    }
  }
}
