package io.logitflow.service;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Decoding;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.v1.Column;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a request off the wire: all of its faults at once, by the names of the protocol's fields.
 */
final class RequestReader {
  private static final Set<Column> COLUMNS =
      EnumSet.complementOf(EnumSet.of(Column.COLUMN_UNSPECIFIED, Column.UNRECOGNIZED));

  private final long maximumRows;
  private final DecodingReader decodings;

  /**
   * Creates a reader.
   *
   * @param maximumRows the most rows of a request
   * @param bundle the model that is asked
   */
  RequestReader(long maximumRows, Bundle bundle) {
    this.maximumRows = maximumRows;
    this.decodings = new DecodingReader(bundle);
  }

  /**
   * Returns what is asked for.
   *
   * @param message the request
   * @param seed the seed to use
   * @throws InvalidInputException if a field is out of its range
   */
  SampleRequest read(io.logitflow.v1.SampleRequest message, long seed) {
    List<Problem> problems = new ArrayList<>();
    checkRows(message, problems);
    checkColumns(message, problems);
    checkUnique(message, problems);
    Optional<Decoding> decoding = decodings.read(message, problems);
    float[] betas = new float[message.getBetaCount()];
    for (int j = 0; j < betas.length; j++) {
      betas[j] = message.getBeta(j);
    }
    try {
      // A count that was reported must not hide what else is wrong.
      long count = problems.isEmpty() ? message.getCount() : 1;
      SampleRequest request = SampleRequest.of(betas, count, message.getFirstRow(), seed);
      if (problems.isEmpty()) {
        return decoding.map(request::withDecoding).orElse(request);
      }
    } catch (InvalidInputException e) {
      problems.addAll(0, e.problems());
    }
    throw new InvalidInputException(problems);
  }

  private void checkRows(io.logitflow.v1.SampleRequest message, List<Problem> problems) {
    long most = maximumRows / Math.max(1, message.getBetaCount());
    if (most == 0) {
      problems.add(
          new Problem(
              "beta",
              message.getBetaCount() + " values",
              "at most " + maximumRows + ", the rows that a request may have"));
    } else if (message.getCount() < 1 || message.getCount() > most) {
      problems.add(new Problem("count", String.valueOf(message.getCount()), "1 to " + most));
    }
  }

  private static void checkUnique(io.logitflow.v1.SampleRequest message, List<Problem> problems) {
    if (!message.hasUniqueCount()) {
      return;
    }
    long wanted = message.getUniqueCount();
    if (wanted < 1 || wanted > message.getCount()) {
      problems.add(
          new Problem("unique_count", String.valueOf(wanted), "1 to count, " + message.getCount()));
    }
    if (message.getBetaCount() > 1) {
      problems.add(
          new Problem(
              "beta", message.getBetaCount() + " values", "one, since unique_count is set"));
    }
  }

  private static void checkColumns(io.logitflow.v1.SampleRequest message, List<Problem> problems) {
    if (message.getColumnsCount() > COLUMNS.size()) {
      problems.add(
          new Problem(
              "columns",
              message.getColumnsCount() + " values",
              "at most " + COLUMNS.size() + ", each column once"));
      return;
    }
    Set<Column> seen = EnumSet.noneOf(Column.class);
    for (int i = 0; i < message.getColumnsCount(); i++) {
      Column column = message.getColumns(i);
      String field = "columns[" + i + "]";
      if (!COLUMNS.contains(column)) {
        problems.add(
            new Problem(
                field,
                column == Column.UNRECOGNIZED
                    ? String.valueOf(message.getColumnsValue(i))
                    : column.toString(),
                "LOG_PF, LOG_PB, LOG_Z, IMPLIED_LOG_REWARD or LOG_PF_DRAWN"));
      } else if (!seen.add(column)) {
        problems.add(new Problem(field, column.toString(), "each column once"));
      }
    }
  }
}
