package io.logitflow.sampler.session;

import io.logitflow.sampler.bundle.Bundle;

/**
 * The sizes of a row of a rollout.
 *
 * @param rowWidth S, its tokens, padding included
 * @param bytesPerToken 1 or 2
 * @param steps T, its uniforms
 * @param vocabularySize the number of distinct tokens
 */
public record RolloutShape(int rowWidth, int bytesPerToken, int steps, int vocabularySize) {
  /** Returns the sizes that a bundle declares. */
  static RolloutShape of(Bundle bundle) {
    return new RolloutShape(
        bundle.rowWidth(),
        bundle.vocabulary().bytesPerToken(),
        bundle.steps(),
        bundle.vocabulary().size());
  }

  /** Returns the bytes that the tokens of a row take. */
  public int bytesPerRow() {
    return rowWidth * bytesPerToken;
  }
}
