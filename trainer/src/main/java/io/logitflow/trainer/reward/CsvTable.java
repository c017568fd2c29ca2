package io.logitflow.trainer.reward;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.Problem;
import io.logitflow.contract.Sha256;
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

/** A CSV file with a header, in UTF-8, gzipped if its name ends in {@code .gz}. */
final class CsvTable {
  private final Path file;
  private final RowFaults faults;

  private CsvTable(Path file) {
    this.file = file;
    this.faults = new RowFaults(file);
  }

  /**
   * Reads columns of a file, as {@link TabularFile#read} does.
   *
   * @param file a file that is there
   * @param columns headers of the columns wanted
   * @param rows takes each row in order
   * @return the SHA-256 of the file's bytes as stored
   */
  static String read(Path file, List<String> columns, TabularFile.RowReader rows) {
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
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
  }

  private String readAll(List<String> columns, TabularFile.RowReader rows) throws IOException {
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

  private void readRecords(
      Iterator<CsvRecord> records, List<String> columns, TabularFile.RowReader rows) {
    if (!records.hasNext()) {
      throw new InvalidInputException(file.toString(), "an empty file", "a header and rows");
    }
    List<String> header = records.next().getFields();
    int[] positions = TabularFile.positions(file + ":1", header, columns);
    while (records.hasNext()) {
      CsvRecord row = records.next();
      String subject = file + ":" + row.getStartingLineNumber();
      if (row.getFieldCount() != header.size()) {
        faults.add(
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
        faults.add(e.problems());
      }
    }
    faults.throwIfAny();
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
