package io.logitflow.client;

import com.google.protobuf.ByteString;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.Problem;
import io.logitflow.v1.CandidateChunk;
import io.logitflow.v1.Column;
import io.logitflow.v1.SampleHeader;
import io.logitflow.v1.SampleSummary;
import io.logitflow.v1.SampleSummary.StopReason;
import java.util.List;
import java.util.Locale;

/**
 * The rules of {@code sampler.proto} that an answer has to keep, checked message by message: a
 * server that breaks them ends the stream as FAILED, and no wrong row is passed on.
 */
final class ChunkCheck {
  private static final List<Column> COLUMNS =
      List.of(
          Column.LOG_PF,
          Column.LOG_PB,
          Column.LOG_Z,
          Column.IMPLIED_LOG_REWARD,
          Column.LOG_PF_DRAWN);

  private final String target;
  private final SampleQuery query;
  private final TokenNames vocabulary;
  private long received;
  private long nextRow;
  private boolean summarised;

  ChunkCheck(String target, SampleQuery query, TokenNames vocabulary) {
    this.target = target;
    this.query = query;
    this.vocabulary = vocabulary;
    this.nextRow = query.firstRow();
  }

  void header(SampleHeader header) {
    require(
        query.seed().isEmpty() || query.seed().getAsLong() == header.getSeed(),
        "header.seed",
        header.getSeed(),
        "the request's seed");
    require(
        header.getExtrapolatedCount() == query.betas().size(),
        "header.extrapolated",
        header.getExtrapolatedCount() + " values",
        "one for each of " + query.betas().size() + " betas");
    require(
        header.getRowWidth() == vocabulary.rowWidth() && header.getRowWidth() > 0,
        "header.row_width",
        header.getRowWidth(),
        "the model's maximum length " + vocabulary.rowWidth());
    require(
        header.getBytesPerToken() == vocabulary.bytesPerToken(),
        "header.bytes_per_token",
        header.getBytesPerToken(),
        vocabulary.bytesPerToken() + " for " + vocabulary.names().size() + " tokens");
  }

  void chunk(CandidateChunk chunk) {
    int rows = chunk.getRowCount();
    checkRows(chunk);
    long most = mostRows() - received;
    require(rows >= 1 && rows <= most, "chunk.row_count", rows, "1 to " + most + " rows");
    requireSize("length", chunk.getLengthCount(), rows);
    requireSize(
        "tokens",
        chunk.getTokens().size(),
        (long) rows * vocabulary.rowWidth() * vocabulary.bytesPerToken());
    for (Column column : COLUMNS) {
      checkColumn(column, CandidateBlock.column(chunk, column), rows);
    }
    checkTokens(chunk);
    received += rows;
  }

  void summary(SampleSummary summary) {
    require(isUnique(), "message", "SUMMARY", "a chunk");
    long draws = summary.getDraws();
    boolean enough = received == mostRows();
    require(
        summary.getUnique() == received, "summary.unique", summary.getUnique(), received + " rows");
    require(
        enough ? draws == nextRow - query.firstRow() : draws == expectedRows(),
        "summary.draws",
        draws,
        enough ? "the rows up to the last candidate" : "all " + expectedRows() + " rows");
    StopReason reason = enough ? StopReason.ENOUGH : StopReason.BUDGET;
    require(
        summary.getStopReason() == reason,
        "summary.stop_reason",
        summary.getStopReason(),
        reason.toString());
    summarised = true;
  }

  void end() {
    if (isUnique()) {
      require(summarised, "last message", "none", "a summary");
      return;
    }
    require(
        received == expectedRows(), "rows", received + " rows", "all " + expectedRows() + " rows");
  }

  private boolean isUnique() {
    return query.rule().unique().isPresent();
  }

  private long mostRows() {
    return query.rule().unique().orElse(expectedRows());
  }

  private void checkRows(CandidateChunk chunk) {
    if (isUnique()) {
      requireSize("rows", chunk.getRowsList().size(), chunk.getRowCount());
      for (long row : chunk.getRowsList()) {
        long end = query.firstRow() + expectedRows();
        require(
            row >= nextRow && row < end, "chunk.rows", row, "row " + nextRow + " to " + (end - 1));
        nextRow = row + 1;
      }
    } else {
      requireSize("rows", chunk.getRowsList().size(), 0);
      require(
          chunk.getFirstRow() == nextRow, "chunk.first_row", chunk.getFirstRow(), "row " + nextRow);
      nextRow += chunk.getRowCount();
    }
  }

  private long expectedRows() {
    return query.betas().size() * query.count();
  }

  private void checkColumn(Column column, List<Float> values, int rows) {
    String name = column.name().toLowerCase(Locale.ROOT);
    requireSize(name, values.size(), query.columns().contains(column) ? rows : 0);
    for (int i = 0; i < values.size(); i++) {
      require(!values.get(i).isNaN(), "chunk." + name, values.get(i), "a number");
    }
  }

  private void checkTokens(CandidateChunk chunk) {
    ByteString tokens = chunk.getTokens();
    int width = vocabulary.rowWidth();
    int names = vocabulary.names().size();
    for (int i = 0; i < chunk.getRowCount(); i++) {
      int length = chunk.getLength(i);
      require(length >= 1 && length <= width, "chunk.length", length, "1 to " + width + " tokens");
      for (int position = 0; position < width; position++) {
        int token =
            CandidateBlock.tokenAt(tokens, vocabulary.bytesPerToken(), i * width + position);
        int bound = position < length ? names : 1;
        if (token >= bound) {
          throw violation("chunk.tokens", token, "a token id below " + bound);
        }
      }
    }
  }

  private void requireSize(String column, long found, long expected) {
    require(found == expected, "chunk." + column, found + " values", expected + " values");
  }

  private void require(boolean kept, String field, Object found, String expected) {
    if (!kept) {
      throw violation(field, found, expected);
    }
  }

  LogitFlowException violation(String field, Object found, String expected) {
    return new LogitFlowException(
        Category.FAILED,
        new Problem("answer of " + target + ", " + field, String.valueOf(found), expected)
            .toString());
  }
}
