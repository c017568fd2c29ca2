package io.logitflow.command.sample;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.logitflow.client.CandidateBlock;
import io.logitflow.client.RewardTransform;
import io.logitflow.v1.Column;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Candidates as CSV in UTF-8: {@code
 * row,beta,object,log_pf,log_pb,log_z,implied_log_reward,implied_score}, and {@code log_pf_drawn}
 * where the policy alone does not decide what is drawn, a line feed after every line, numbers in
 * the shortest form that reads back as the same float. An implied log reward or score that is not
 * finite is an empty field.
 */
final class CandidateCsv {
  private static final List<Column> ALWAYS =
      List.of(Column.LOG_PF, Column.LOG_PB, Column.LOG_Z, Column.IMPLIED_LOG_REWARD);

  private static final String IMPLIED_SCORE = "implied_score";

  private final CsvWriter writer;
  private final List<Column> columns;
  private final RewardTransform transform;
  private long rows;
  private long withoutLogReward;
  private long withoutScoreAlone;

  /**
   * Returns the columns that a query has to ask for.
   *
   * @param plain whether the policy alone decides what is drawn
   */
  static List<Column> columns(boolean plain) {
    return plain ? ALWAYS : Stream.concat(ALWAYS.stream(), Stream.of(Column.LOG_PF_DRAWN)).toList();
  }

  /**
   * Writes the header. The stream is buffered here, and the caller's to close.
   *
   * @param columns that {@link #columns} returned
   * @param transform of the model, which takes implied log rewards to implied scores
   */
  CandidateCsv(OutputStream out, List<Column> columns, RewardTransform transform) {
    this.columns = columns;
    this.transform = transform;
    this.writer =
        CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(out, StandardCharsets.UTF_8);
    Stream<String> names = columns.stream().flatMap(CandidateCsv::names);
    writer.writeRecord(Stream.concat(Stream.of("row", "beta", "object"), names).toList());
  }

  private static Stream<String> names(Column column) {
    String name = column.name().toLowerCase(Locale.ROOT);
    return column == Column.IMPLIED_LOG_REWARD ? Stream.of(name, IMPLIED_SCORE) : Stream.of(name);
  }

  /**
   * Writes a line for each candidate.
   *
   * @throws java.io.UncheckedIOException if the stream refuses
   */
  void write(CandidateBlock block) {
    rows += block.rowCount();
    for (int i = 0; i < block.rowCount(); i++) {
      CsvWriter.CsvWriterRecord line =
          writer
              .writeRecord()
              .writeField(Long.toString(block.row(i)))
              .writeField(Float.toString(block.beta(i)))
              .writeField(block.object(i));
      for (Column column : columns) {
        float value = block.value(column, i);
        if (column == Column.IMPLIED_LOG_REWARD) {
          writeImplied(line, value);
        } else {
          line.writeField(Float.toString(value));
        }
      }
      line.endRecord();
    }
  }

  /** Leaves empty what is beyond the floats: at such a beta the model implies no reward. */
  private void writeImplied(CsvWriter.CsvWriterRecord line, float logReward) {
    float score = (float) transform.score(logReward);
    boolean rewarded = Float.isFinite(logReward);
    boolean scored = rewarded && Float.isFinite(score);
    line.writeField(rewarded ? Float.toString(logReward) : "");
    line.writeField(scored ? Float.toString(score) : "");
    withoutLogReward += rewarded ? 0 : 1;
    withoutScoreAlone += rewarded && !scored ? 1 : 0;
  }

  /** Returns a line for each kind of field that is empty in some of the rows. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    addWarning(warnings, withoutLogReward, "log reward: it and the score are empty");
    addWarning(warnings, withoutScoreAlone, "score: it is empty");
    return warnings;
  }

  private void addWarning(List<String> warnings, long count, String what) {
    if (count > 0) {
      warnings.add(
          "warning: " + count + " of the " + rows + " rows have no finite implied " + what);
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
