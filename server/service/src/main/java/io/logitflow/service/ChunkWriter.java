package io.logitflow.service;

import com.google.protobuf.UnsafeByteOperations;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.v1.CandidateChunk;
import io.logitflow.v1.Column;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Writes candidates as messages, with the columns that were asked for. */
final class ChunkWriter {
  // A quarter of what gRPC's clients take by default.
  private static final int LARGEST_CHUNK = 1 << 20;
  private static final int BYTES_OF_COLUMNS = 6 * Float.BYTES + Long.BYTES;

  private final Set<Column> columns = EnumSet.noneOf(Column.class);

  /**
   * Creates a writer.
   *
   * @param columns those asked for, valid
   */
  ChunkWriter(List<Column> columns) {
    this.columns.addAll(columns);
  }

  /** Returns the rows in as few messages as clients take without being set up for larger ones. */
  List<CandidateChunk> chunks(Candidates candidates) {
    int most = Math.max(1, LARGEST_CHUNK / (candidates.bytesPerRow() + BYTES_OF_COLUMNS));
    List<CandidateChunk> chunks = new ArrayList<>();
    for (int from = 0; from < candidates.rowCount(); from += most) {
      chunks.add(chunk(candidates, from, Math.min(from + most, candidates.rowCount())));
    }
    return chunks;
  }

  private CandidateChunk chunk(Candidates candidates, int from, int to) {
    int width = candidates.bytesPerRow();
    CandidateChunk.Builder chunk =
        CandidateChunk.newBuilder()
            .setFirstRow(candidates.row(from))
            .setRowCount(to - from)
            // Nobody writes to the bytes of candidates, so they need no copy.
            .setTokens(
                UnsafeByteOperations.unsafeWrap(
                    candidates.tokens().slice(from * width, (to - from) * width)));
    for (int i = from; i < to; i++) {
      chunk.addLength(candidates.length(i));
      if (candidates.isSelection()) {
        chunk.addRows(candidates.row(i));
      }
      if (columns.contains(Column.LOG_PF)) {
        chunk.addLogPf(candidates.logPf(i));
      }
      if (columns.contains(Column.LOG_PB)) {
        chunk.addLogPb(candidates.logPb(i));
      }
      if (columns.contains(Column.LOG_Z)) {
        chunk.addLogZ(candidates.logZ(i));
      }
      if (columns.contains(Column.IMPLIED_LOG_REWARD)) {
        chunk.addImpliedLogReward(candidates.impliedLogReward(i));
      }
      if (columns.contains(Column.LOG_PF_DRAWN)) {
        chunk.addLogPfDrawn(candidates.logPfDrawn(i));
      }
    }
    return chunk.build();
  }
}
