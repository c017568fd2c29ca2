package io.logitflow.command.score;

import io.logitflow.command.csv.CsvFile;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The column {@code object} of a CSV file with a header, such as `sample` writes.
 *
 * @param file where it stands
 * @param texts each object, at least one
 * @param lines the line of each in the file, from 1, the header's
 */
record ObjectColumn(CsvFile file, List<String> texts, List<Long> lines) {
  private static final String NAME = "object";

  /** As the client library names an object. */
  private static final Pattern OBJECT = Pattern.compile("object (\\d+)");

  /** Copies the lists. */
  ObjectColumn {
    texts = List.copyOf(texts);
    lines = List.copyOf(lines);
  }

  /**
   * Reads the column.
   *
   * @throws io.logitflow.contract.LogitFlowException if the file cannot be read, or has no such
   *     column or no lines
   */
  static ObjectColumn read(CsvFile file) {
    List<String> texts = new ArrayList<>();
    List<Long> lines = new ArrayList<>();
    file.forEach(
        line -> {
          texts.add(file.field(line, NAME));
          lines.add(line.getStartingLineNumber());
        });
    if (texts.isEmpty()) {
      throw new InvalidInputException(
          file.subject(), "no objects", "a header and a line for each object");
    }
    return new ObjectColumn(file, texts, lines);
  }

  /** Returns a refusal of objects with the lines that they stand in. */
  InvalidInputException atLines(InvalidInputException refusal) {
    return new InvalidInputException(refusal.problems().stream().map(this::atLine).toList());
  }

  private Problem atLine(Problem problem) {
    Matcher object = OBJECT.matcher(problem.subject());
    return object.matches()
        ? new Problem(
            file.at(lines.get(Integer.parseInt(object.group(1)))),
            problem.found(),
            problem.expected())
        : problem;
  }
}
