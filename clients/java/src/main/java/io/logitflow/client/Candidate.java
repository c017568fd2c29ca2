package io.logitflow.client;

import io.logitflow.v1.Column;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One sampled object with its log-probabilities; a value that holds on to nothing else.
 *
 * @param row its number: {@code firstRow + j * count + i} for candidate i at the j-th inverse
 *     temperature
 * @param beta the inverse temperature that it was sampled at
 * @param tokens ids of its tokens, without padding
 * @param object its text: the names of its tokens, joined by the vocabulary's separator
 * @param columns the columns that the query asked for, natural logarithms of single precision
 */
public record Candidate(
    long row, float beta, List<Integer> tokens, String object, Map<Column, Float> columns) {

  /** Copies the collections. */
  public Candidate {
    tokens = List.copyOf(tokens);
    columns = Map.copyOf(columns);
  }

  /**
   * Returns log P_F of the trajectory's forward actions under the policy, whatever constrained it,
   * or nothing if it was not asked for.
   */
  public OptionalDouble logPf() {
    return value(Column.LOG_PF);
  }

  /**
   * Returns log P_F of the trajectory's forward actions under the distribution that drew them, or
   * nothing if it was not asked for.
   */
  public OptionalDouble logPfDrawn() {
    return value(Column.LOG_PF_DRAWN);
  }

  /** Returns log P_B of the trajectory backward, or nothing if it was not asked for. */
  public OptionalDouble logPb() {
    return value(Column.LOG_PB);
  }

  /** Returns the learned log Z(beta), or nothing if it was not asked for. */
  public OptionalDouble logZ() {
    return value(Column.LOG_Z);
  }

  /**
   * Returns (log Z + log P_F - log P_B) / beta, the log reward that the model itself implies by
   * trajectory balance (Malkin et al. 2022), or nothing if it was not asked for.
   */
  public OptionalDouble impliedLogReward() {
    return value(Column.IMPLIED_LOG_REWARD);
  }

  private OptionalDouble value(Column column) {
    Float value = columns.get(column);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
