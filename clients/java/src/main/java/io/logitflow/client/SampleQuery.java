package io.logitflow.client;

import io.logitflow.v1.Column;
import io.logitflow.v1.SampleRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is asked of a sampler: {@code count} candidates at each of the inverse temperatures. Ranges
 * are the server's to check, so that there is one set of rules; a query holds any values.
 *
 * @param betas inverse temperatures, each finite and above 0; candidates come in their order
 * @param count candidates for each of them, at least 1
 * @param firstRow row of the first candidate: 0, unless this is a shard of a larger job
 * @param seed seed of the draws; absent, the server draws one and the stream tells it
 * @param columns what comes back beside the tokens, nothing unless it is asked for
 * @param deadline time that the whole stream may take; absent, as long as it needs
 */
public record SampleQuery(
    List<Float> betas,
    long count,
    long firstRow,
    OptionalLong seed,
    Set<Column> columns,
    Optional<Duration> deadline) {

  /** Copies the collections. */
  public SampleQuery {
    betas = List.copyOf(betas);
    columns =
        columns.isEmpty()
            ? Set.of()
            : Collections.unmodifiableSet(EnumSet.copyOf(columns)); // keeps the enum's order
  }

  /**
   * Returns the query for {@code count} candidates at each of these betas, from row 0, without
   * seed, columns or deadline.
   */
  public static SampleQuery of(long count, float... betas) {
    return new SampleQuery(
        listOf(betas), count, 0, OptionalLong.empty(), Set.of(), Optional.empty());
  }

  /** Returns this query at other inverse temperatures. */
  public SampleQuery withBetas(float... newBetas) {
    return new SampleQuery(listOf(newBetas), count, firstRow, seed, columns, deadline);
  }

  /** Returns this query for another number of candidates at each inverse temperature. */
  public SampleQuery withCount(long newCount) {
    return new SampleQuery(betas, newCount, firstRow, seed, columns, deadline);
  }

  /** Returns this query from another first row. */
  public SampleQuery withFirstRow(long newFirstRow) {
    return new SampleQuery(betas, count, newFirstRow, seed, columns, deadline);
  }

  /** Returns this query with a seed. */
  public SampleQuery withSeed(long newSeed) {
    return new SampleQuery(betas, count, firstRow, OptionalLong.of(newSeed), columns, deadline);
  }

  /** Returns this query for exactly these columns. */
  public SampleQuery withColumns(Column... newColumns) {
    return new SampleQuery(betas, count, firstRow, seed, Set.of(newColumns), deadline);
  }

  /** Returns this query with a deadline, counted from the call. */
  public SampleQuery withDeadline(Duration newDeadline) {
    return new SampleQuery(betas, count, firstRow, seed, columns, Optional.of(newDeadline));
  }

  SampleRequest toRequest() {
    SampleRequest.Builder request =
        SampleRequest.newBuilder()
            .addAllBeta(betas)
            .setCount(count)
            .setFirstRow(firstRow)
            .addAllColumns(columns);
    seed.ifPresent(request::setSeed);
    return request.build();
  }

  private static List<Float> listOf(float[] values) {
    List<Float> list = new ArrayList<>(values.length);
    for (float value : values) {
      list.add(value);
    }
    return list;
  }
}
