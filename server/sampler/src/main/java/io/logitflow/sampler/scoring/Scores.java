package io.logitflow.sampler.scoring;

/**
 * Log-probabilities of n objects at m inverse temperatures, natural logarithms.
 *
 * @param exact whether they are sums over all trajectories, not estimates
 * @param objectCount n
 * @param logP [m, n] log p(x; β)
 * @param standardError [m, n] of log p, and of p relative to p; 0 where exact
 */
public record Scores(boolean exact, int objectCount, float[] logP, float[] standardError) {
  /** Returns log p of the i-th object at the j-th inverse temperature. */
  public float logP(int j, int i) {
    return logP[j * objectCount + i];
  }

  /** Returns the standard error of log p of the i-th object at the j-th inverse temperature. */
  public float standardError(int j, int i) {
    return standardError[j * objectCount + i];
  }
}
