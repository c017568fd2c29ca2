package io.logitflow.trainer.reward;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.Problem;
import io.logitflow.contract.Sha256;
import io.logitflow.trainer.environment.ObjectText;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A CSV file with a header, in UTF-8, gzipped if its name ends in {@code .gz}, read once from front
 * to back with the faults of all its rows collected.
 */
public final class CsvTable {
  private static final int REPORTED_FAULTS = 10;

  private final Path file;
  private final List<Problem> faults = new ArrayList<>();
  private long faultCount;

  private CsvTable(Path file) {
    this.file = file;
  }

  /** What takes the rows of a table. */
  @FunctionalInterface
  public interface RowReader {
    /**
     * Takes a row.
     *
     * @param subject the file and line, for messages
     * @param fields the row's fields of the columns asked for, in that order
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
   * @throws InvalidInputException if the file is missing, cannot be read as CSV, lacks a column or
   *     has rows at fault: the first ten, and the number of the others
   * @throws LogitFlowException if the disk refuses
   */
  public static String read(Path file, List<String> columns, RowReader rows) {
    if (!Files.isRegularFile(file)) {
      String found = Files.isDirectory(file) ? "a directory" : "no such file";
      throw new InvalidInputException(file.toString(), found, "a CSV file");
    }
    CsvTable table = new CsvTable(file);
    try {
      return table.readAll(columns, rows);
    } catch (CsvParseException e) {
      throw new InvalidInputException(
          file.toString(), "text that is no CSV (" + innermostMessage(e) + ")", "a CSV file");
    } catch (ZipException | EOFException e) {
      throw new InvalidInputException(
          file.toString(), "damaged compression (" + e.getMessage() + ")", "a whole gzip file");
    } catch (IOException e) {
      throw new LogitFlowException(
          Category.FAILED,
          file + ": cannot be read: " + e.getClass().getSimpleName() + ", " + e.getMessage(),
          e);
    }
  }

  private String readAll(List<String> columns, RowReader rows) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    try (DigestInputStream stored = new DigestInputStream(Files.newInputStream(file), digest);
        InputStream text = isGzip() ? new GZIPInputStream(stored, 1 << 16) : stored;
        CsvReader<CsvRecord> reader =
            CsvReader.builder()
                .detectBomHeader(true)
                .allowUnclosedQuote(false)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .ofCsvRecord(text)) {
      readRecords(reader.iterator(), columns, rows);
      stored.transferTo(OutputStream.nullOutputStream());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return Sha256.text(digest);
  }

  private void readRecords(Iterator<CsvRecord> records, List<String> columns, RowReader rows) {
    if (!records.hasNext()) {
      throw new InvalidInputException(file.toString(), "an empty file", "a header and rows");
    }
    List<String> header = records.next().getFields();
    int[] positions = positions(header, columns);
    while (records.hasNext()) {
      CsvRecord row = records.next();
      String subject = file + ":" + row.getStartingLineNumber();
      if (row.getFieldCount() != header.size()) {
        report(
            List.of(
                new Problem(
                    subject,
                    fields(row.getFieldCount()),
                    fields(header.size()) + " as in line 1")));
        continue;
      }
      List<String> wanted = new ArrayList<>(positions.length);
      for (int position : positions) {
        wanted.add(row.getField(position));
      }
      try {
        rows.read(subject, wanted);
      } catch (InvalidInputException e) {
        report(e.problems());
      }
    }
    if (faultCount > faults.size()) {
      faults.add(
          new Problem(
              file.toString(),
              (faultCount - faults.size()) + " further faults",
              "rows like these"));
    }
    if (!faults.isEmpty()) {
      throw new InvalidInputException(faults);
    }
  }

  private int[] positions(List<String> header, List<String> columns) {
    List<Problem> missing = new ArrayList<>();
    int[] positions = new int[columns.size()];
    for (int i = 0; i < positions.length; i++) {
      String column = columns.get(i);
      positions[i] = header.indexOf(column);
      if (positions[i] < 0 || header.lastIndexOf(column) != positions[i]) {
        missing.add(
            new Problem(
                file + ":1",
                "columns " + ObjectText.shown(String.join(", ", header)),
                "one column " + ObjectText.shown(column)));
      }
    }
    if (!missing.isEmpty()) {
      throw new InvalidInputException(missing);
    }
    return positions;
  }

  private void report(List<Problem> problems) {
    for (Problem problem : problems) {
      faultCount++;
      if (faults.size() < REPORTED_FAULTS) {
        faults.add(problem);
      }
    }
  }

  private boolean isGzip() {
    return file.toString().endsWith(".gz");
  }

  private static String fields(int count) {
    return count == 1 ? "1 field" : count + " fields";
  }

  private static String innermostMessage(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return innermost.getMessage() + "";
  }
}
