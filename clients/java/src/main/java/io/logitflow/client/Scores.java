package io.logitflow.client;

import java.util.List;

/**
 * Log-probabilities of a query's objects, natural logarithms.
 *
 * @param query what was asked
 * @param exact whether they are sums over all trajectories, not estimates
 * @param seed the seed in use, the query's or the server's; without meaning where exact
 * @param extrapolated of each β of the query, whether it lies outside the trained range
 * @param logP of each β of the query, log p(x; β) of each object
 * @param standardError of each β of the query, the standard error of log p of each object, and of p
 *     relative to p; 0 where exact
 */
public record Scores(
    ScoreQuery query,
    boolean exact,
    long seed,
    List<Boolean> extrapolated,
    List<List<Float>> logP,
    List<List<Float>> standardError) {
  /** Copies the collections. */
  public Scores {
    extrapolated = List.copyOf(extrapolated);
    logP = logP.stream().map(List::copyOf).toList();
    standardError = standardError.stream().map(List::copyOf).toList();
  }

  /** Returns log p of the i-th object at the j-th β of the query. */
  public float logP(int j, int i) {
    return logP.get(j).get(i);
  }

  /** Returns the standard error of log p of the i-th object at the j-th β of the query. */
  public float standardError(int j, int i) {
    return standardError.get(j).get(i);
  }
}
