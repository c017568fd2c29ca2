package io.logitflow.command.quickstart;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.Problem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/**
 * A CSV file with a header, gzipped if its name ends in {@code .gz}.
 *
 * @param file where it is
 */
record CsvFile(Path file) {
  /**
   * Reads the file record by record.
   *
   * @throws LogitFlowException if it cannot be read
   */
  void forEach(Consumer<NamedCsvRecord> consumer) {
    try (InputStream stream = open();
        CsvReader<NamedCsvRecord> reader = CsvReader.builder().ofNamedCsvRecord(stream)) {
      reader.forEach(consumer);
    } catch (IOException | UncheckedIOException | CsvParseException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
  }

  /**
   * Returns a field of a record.
   *
   * @throws LogitFlowException if there is no such column
   */
  String field(NamedCsvRecord line, String column) {
    return line.findField(column)
        .orElseThrow(() -> fault(line, line.getHeader().toString(), "a column " + column));
  }

  /**
   * Returns a field of a record as a finite number.
   *
   * @throws LogitFlowException if it is none
   */
  double number(NamedCsvRecord line, String column) {
    String text = field(line, column);
    try {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw fault(line, text, "a number in " + column);
    }
    throw fault(line, text, "a number in " + column);
  }

  /** Returns the failure that a record holds something else than it should. */
  LogitFlowException fault(NamedCsvRecord line, String found, String expected) {
    return new LogitFlowException(
        Category.FAILED,
        new Problem(file + " line " + line.getStartingLineNumber(), found, expected).toString());
  }

  private InputStream open() throws IOException {
    InputStream stream = new BufferedInputStream(Files.newInputStream(file));
    return file.toString().endsWith(".gz") ? new GZIPInputStream(stream) : stream;
  }
}
