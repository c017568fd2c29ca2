package io.logitflow.command.score;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The column {@code object} of a CSV file with a header, such as `sample` writes. */
final class ObjectColumn {
  private static final String NAME = "object";
  private static final String STANDARD_INPUT = "-";

  private ObjectColumn() {}

  /**
   * Reads the column.
   *
   * @param file the file's name; {@code -} for standard input
   * @return a text for each line, at least one
   * @throws LogitFlowException if the file cannot be read, or has no such column or no lines
   */
  static List<String> read(String file) {
    boolean standard = file.equals(STANDARD_INPUT);
    String subject = standard ? "standard input" : file;
    if (!standard && !Files.isRegularFile(Path.of(file))) {
      throw new InvalidInputException(file, "no such file", "a CSV file with a column " + NAME);
    }
    List<String> objects = new ArrayList<>();
    try (InputStream stream = standard ? System.in : Files.newInputStream(Path.of(file));
        CsvReader<NamedCsvRecord> reader =
            CsvReader.builder().allowUnclosedQuote(false).ofNamedCsvRecord(stream)) {
      for (NamedCsvRecord line : reader) {
        objects.add(
            line.findField(NAME)
                .orElseThrow(
                    () ->
                        new InvalidInputException(
                            subject, "columns " + line.getHeader(), "a column " + NAME)));
      }
    } catch (CsvParseException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new InvalidInputException(
          subject, "text that is no CSV (" + reason.getMessage() + ")", "a CSV file");
    } catch (IOException | UncheckedIOException e) {
      throw LogitFlowException.ofDisk(Path.of(subject), "be read", e);
    }
    if (objects.isEmpty()) {
      throw new InvalidInputException(subject, "no objects", "a header and a line for each object");
    }
    return objects;
  }
}
