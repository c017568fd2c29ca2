package io.logitflow.client;

import com.google.protobuf.ByteString;
import io.logitflow.v1.CandidateChunk;
import io.logitflow.v1.Column;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Consecutive candidates (of distinct objects, if those were asked for) column by column, as they
 * came from the server: a checked, immutable view of one chunk, without an object for each
 * candidate. Indices {@code i} run from 0 to {@link #rowCount()} - 1.
 */
public final class CandidateBlock {
  private final CandidateChunk chunk;
  private final SampleQuery query;
  private final TokenNames vocabulary;
  private final int bytesPerToken;

  /** Wraps a chunk that {@link ChunkCheck} has passed. */
  CandidateBlock(CandidateChunk chunk, SampleQuery query, TokenNames vocabulary) {
    this.chunk = chunk;
    this.query = query;
    this.vocabulary = vocabulary;
    this.bytesPerToken = vocabulary.bytesPerToken();
  }

  /** Returns the row of the first candidate. */
  public long firstRow() {
    return chunk.getFirstRow();
  }

  /** Returns the row of candidate i. */
  public long row(int i) {
    return chunk.getRowsList().isEmpty() ? firstRow() + i : chunk.getRows(i);
  }

  /** Returns n, the number of candidates, at least 1. */
  public int rowCount() {
    return chunk.getRowCount();
  }

  /** Returns the position of candidate i's inverse temperature in the query. */
  public int betaIndex(int i) {
    return Math.toIntExact((row(i) - query.firstRow()) / query.count());
  }

  /** Returns the inverse temperature of candidate i. */
  public float beta(int i) {
    return query.betas().get(betaIndex(i));
  }

  /** Returns the number of tokens of candidate i, 1 to S. */
  public int length(int i) {
    return chunk.getLength(i);
  }

  /**
   * Returns the id of a token.
   *
   * @param i the candidate
   * @param position 0 to S - 1; from the candidate's length on there is padding, id 0
   */
  public int token(int i, int position) {
    return tokenAt(chunk.getTokens(), bytesPerToken, i * vocabulary.rowWidth() + position);
  }

  /** Returns the text of candidate i. */
  public String object(int i) {
    StringBuilder text = new StringBuilder();
    for (int position = 0; position < length(i); position++) {
      if (position > 0) {
        text.append(vocabulary.separator());
      }
      text.append(vocabulary.names().get(token(i, position)));
    }
    return text.toString();
  }

  /**
   * Returns candidate i's value in a column.
   *
   * @throws IllegalStateException if the query did not ask for the column
   */
  public float value(Column column, int i) {
    if (!query.columns().contains(column)) {
      throw new IllegalStateException("column " + column + " was not asked for");
    }
    return column(chunk, column).get(i);
  }

  /** Returns candidate i as a value of its own. */
  public Candidate candidate(int i) {
    List<Integer> tokens = new ArrayList<>(length(i));
    for (int position = 0; position < length(i); position++) {
      tokens.add(token(i, position));
    }
    Map<Column, Float> columns = new EnumMap<>(Column.class);
    for (Column column : query.columns()) {
      columns.put(column, value(column, i));
    }
    return new Candidate(row(i), beta(i), tokens, object(i), columns);
  }

  static int tokenAt(ByteString tokens, int bytesPerToken, int index) {
    int low = tokens.byteAt(index * bytesPerToken) & 0xFF;
    return bytesPerToken == 1
        ? low
        : low | ((tokens.byteAt(index * bytesPerToken + 1) & 0xFF) << Byte.SIZE);
  }

  static List<Float> column(CandidateChunk chunk, Column column) {
    return switch (column) {
      case LOG_PF -> chunk.getLogPfList();
      case LOG_PB -> chunk.getLogPbList();
      case LOG_Z -> chunk.getLogZList();
      case IMPLIED_LOG_REWARD -> chunk.getImpliedLogRewardList();
      case LOG_PF_DRAWN -> chunk.getLogPfDrawnList();
      case COLUMN_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("no such column: " + column);
    };
  }
}
