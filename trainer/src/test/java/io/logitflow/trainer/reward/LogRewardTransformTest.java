package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.config.LogRewardConfig;
import org.junit.jupiter.api.Test;

class LogRewardTransformTest {
  /** R(x) = 10 · max(score, 0.001)³, as the paper has it for TFBind8. */
  private static final LogRewardTransform PAPER =
      new LogRewardTransform(new LogRewardConfig(0.001, 3, 10));

  @Test
  void isTheLogarithmOfThePapersReward() {
    for (double score : new double[] {0.0011, 0.4, 1, 7}) {
      assertThat(PAPER.logReward(score))
          .isCloseTo(Math.log(10 * score * score * score), within(1e-12));
    }
  }

  @Test
  void theFloorKeepsEveryLogRewardFinite() {
    double least = Math.log(10 * 1e-9);

    assertThat(PAPER.logRewards(new double[] {-5, 0, 0.001, -Double.MAX_VALUE}))
        .containsExactly(new double[] {least, least, least, least}, within(1e-12));
  }

  @Test
  void largeExponentsDoNotOverflow() {
    LogRewardTransform steep = new LogRewardTransform(new LogRewardConfig(1e-300, 1e6, 1e300));

    assertThat(steep.logReward(1e300)).isCloseTo(1_000_001 * 300 * Math.log(10), within(1e-3));
  }
}
