package io.logitflow.sampler.session;

import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;

/**
 * The sizes of a row of a rollout.
 *
 * @param rowWidth S, its tokens, padding included
 * @param bytesPerToken 1 or 2
 * @param steps T, its uniforms
 * @param vocabularySize the number of distinct tokens
 * @param indexesBeta whether a run reads each of its inverse temperatures once
 */
public record RolloutShape(
    int rowWidth, int bytesPerToken, int steps, int vocabularySize, boolean indexesBeta) {
  /** Returns the sizes that a bundle declares. */
  static RolloutShape of(Bundle bundle) {
    return new RolloutShape(
        bundle.rowWidth(),
        bundle.vocabulary().bytesPerToken(),
        bundle.steps(),
        bundle.vocabulary().size(),
        BundleFormat.indexesBeta(bundle.manifest()));
  }

  /** Returns the bytes that the tokens of a row take. */
  public int bytesPerRow() {
    return rowWidth * bytesPerToken;
  }
}
