package io.logitflow.command.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * CSV with a header, in UTF-8: a file, gzipped if its name ends in {@code .gz}, or standard input.
 *
 * @param name the file's name; {@code -} for standard input
 */
public record CsvFile(String name) {
  private static final String STANDARD_INPUT = "-";

  /** Returns the CSV of a file. */
  public static CsvFile of(Path file) {
    return new CsvFile(file.toString());
  }

  /**
   * Reads it record by record.
   *
   * @throws InvalidInputException if there is no such file, or it is no CSV
   * @throws LogitFlowException if it cannot be read
   */
  public void forEach(Consumer<NamedCsvRecord> consumer) {
    try {
      readAll(consumer);
    } catch (CsvParseException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new InvalidInputException(
          subject(), "text that is no CSV (" + reason.getMessage() + ")", "a CSV file");
    } catch (ZipException | EOFException e) {
      throw new InvalidInputException(
          subject(), "damaged compression (" + e.getMessage() + ")", "a whole gzip file");
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(Path.of(subject()), "be read", e);
    }
  }

  private void readAll(Consumer<NamedCsvRecord> consumer) throws IOException {
    try (InputStream stream = open();
        CsvReader<NamedCsvRecord> reader =
            CsvReader.builder()
                .detectBomHeader(true)
                .allowUnclosedQuote(false)
                .ofNamedCsvRecord(stream)) {
      reader.forEach(consumer);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Returns a field of a record.
   *
   * @throws InvalidInputException if there is no such column
   */
  public String field(NamedCsvRecord line, String column) {
    return line.findField(column)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    subject(), "columns " + line.getHeader(), "a column " + column));
  }

  /**
   * Returns a field of a record as a finite number.
   *
   * @throws InvalidInputException if it is none
   */
  public double number(NamedCsvRecord line, String column) {
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
  public InvalidInputException fault(NamedCsvRecord line, String found, String expected) {
    return new InvalidInputException(at(line.getStartingLineNumber()), found, expected);
  }

  /**
   * Returns the place of a line as a message names it.
   *
   * @param line from 1, the header's
   */
  public String at(long line) {
    return subject() + ":" + line;
  }

  /** Returns what a message calls it. */
  public String subject() {
    return name.equals(STANDARD_INPUT) ? "standard input" : name;
  }

  private InputStream open() throws IOException {
    if (name.equals(STANDARD_INPUT)) {
      return System.in;
    }
    Path file = Path.of(name);
    if (!Files.isRegularFile(file)) {
      String found =
          Files.isDirectory(file)
              ? "a directory"
              : Files.exists(file) ? "no regular file" : "no such file";
      throw new InvalidInputException(name, found, "a CSV file");
    }
    InputStream stream = new BufferedInputStream(Files.newInputStream(file));
    return name.endsWith(".gz") ? new GZIPInputStream(stream) : stream;
  }
}
