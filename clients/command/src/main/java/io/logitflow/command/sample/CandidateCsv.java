package io.logitflow.command.sample;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.logitflow.client.CandidateBlock;
import io.logitflow.v1.Column;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Candidates as CSV in UTF-8: {@code row,beta,object,log_pf,log_pb,log_z,implied_log_reward}, a
 * line feed after every line, numbers in the shortest form that reads back as the same float.
 */
final class CandidateCsv {
  /** The columns that a query has to ask for. */
  static final List<Column> COLUMNS =
      List.of(Column.LOG_PF, Column.LOG_PB, Column.LOG_Z, Column.IMPLIED_LOG_REWARD);

  private static final List<String> NAMES =
      List.of("row", "beta", "object", "log_pf", "log_pb", "log_z", "implied_log_reward");

  private final CsvWriter writer;

  /** Writes the header. The stream is buffered here, and the caller's to close. */
  CandidateCsv(OutputStream out) {
    this.writer =
        CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(out, StandardCharsets.UTF_8);
    writer.writeRecord(NAMES);
  }

  /**
   * Writes a line for each candidate.
   *
   * @throws java.io.UncheckedIOException if the stream refuses
   */
  void write(CandidateBlock block) {
    for (int i = 0; i < block.rowCount(); i++) {
      CsvWriter.CsvWriterRecord line =
          writer
              .writeRecord()
              .writeField(Long.toString(block.firstRow() + i))
              .writeField(Float.toString(block.beta(i)))
              .writeField(block.object(i));
      for (Column column : COLUMNS) {
        line.writeField(Float.toString(block.value(column, i)));
      }
      line.endRecord();
    }
  }

  /**
   * Hands what is buffered to the stream.
   *
   * @throws IOException if the stream refuses
   */
  void flush() throws IOException {
    writer.flush();
  }
}
