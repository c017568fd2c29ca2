package io.logitflow.client;

import io.logitflow.v1.Column;
import io.logitflow.v1.Constraint;
import io.logitflow.v1.SampleRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
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
 * @param rule how rows are drawn, and which of them come
 * @param deadline time that the whole stream may take; absent, as long as it needs
 */
public record SampleQuery(
    List<Float> betas,
    long count,
    long firstRow,
    OptionalLong seed,
    Set<Column> columns,
    DrawRule rule,
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
        listOf(betas), count, 0, OptionalLong.empty(), Set.of(), DrawRule.PLAIN, Optional.empty());
  }

  /** Returns this query at other inverse temperatures. */
  public SampleQuery withBetas(float... newBetas) {
    return new SampleQuery(listOf(newBetas), count, firstRow, seed, columns, rule, deadline);
  }

  /** Returns this query for another number of candidates at each inverse temperature. */
  public SampleQuery withCount(long newCount) {
    return new SampleQuery(betas, newCount, firstRow, seed, columns, rule, deadline);
  }

  /** Returns this query from another first row. */
  public SampleQuery withFirstRow(long newFirstRow) {
    return new SampleQuery(betas, count, newFirstRow, seed, columns, rule, deadline);
  }

  /** Returns this query with a seed. */
  public SampleQuery withSeed(long newSeed) {
    return new SampleQuery(
        betas, count, firstRow, OptionalLong.of(newSeed), columns, rule, deadline);
  }

  /** Returns this query for exactly these columns. */
  public SampleQuery withColumns(Column... newColumns) {
    return new SampleQuery(betas, count, firstRow, seed, Set.of(newColumns), rule, deadline);
  }

  /** Returns this query with a deadline, counted from the call. */
  public SampleQuery withDeadline(Duration newDeadline) {
    return new SampleQuery(betas, count, firstRow, seed, columns, rule, Optional.of(newDeadline));
  }

  /** Returns this query for the most probable allowed action in every state. */
  public SampleQuery withGreedy() {
    return withRule(new DrawRule(true, rule.topP(), rule.constraint(), rule.unique()));
  }

  /** Returns this query for draws from the smallest set of actions that reaches a probability. */
  public SampleQuery withTopP(float reached) {
    return withRule(
        new DrawRule(rule.greedy(), OptionalDouble.of(reached), rule.constraint(), rule.unique()));
  }

  /** Returns this query for objects that meet a constraint. */
  public SampleQuery withConstraint(Constraint constraint) {
    return withRule(
        new DrawRule(rule.greedy(), rule.topP(), Optional.of(constraint), rule.unique()));
  }

  /**
   * Returns this query for distinct objects, each as it was first drawn, until there are so many or
   * {@code count} rows were drawn.
   */
  public SampleQuery withUnique(long objects) {
    return withRule(
        new DrawRule(rule.greedy(), rule.topP(), rule.constraint(), OptionalLong.of(objects)));
  }

  private SampleQuery withRule(DrawRule newRule) {
    return new SampleQuery(betas, count, firstRow, seed, columns, newRule, deadline);
  }

  SampleRequest toRequest() {
    SampleRequest.Builder request =
        SampleRequest.newBuilder()
            .addAllBeta(betas)
            .setCount(count)
            .setFirstRow(firstRow)
            .addAllColumns(columns);
    seed.ifPresent(request::setSeed);
    rule.writeTo(request);
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
