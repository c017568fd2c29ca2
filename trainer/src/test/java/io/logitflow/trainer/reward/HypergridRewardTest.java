package io.logitflow.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.Sha256;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.environment.ObjectBatch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HypergridRewardTest {
  private static final RewardConfig.Hypergrid CONSTANTS = new RewardConfig.Hypergrid(0.125, 1, 4);

  @Test
  void scoresAreThoseOfThePapersFormulaByHand() {
    // H = 8: u is 0.5, 0.357, 0.214, 0.071 for x = 0, 1, 2, 3, and mirrored.
    HypergridReward reward = new HypergridReward(CONSTANTS, 8);

    double[] scores =
        reward.scores(
            RewardFixture.objects(
                2,
                new int[] {1, 6},
                new int[] {1, 1},
                new int[] {0, 0},
                new int[] {7, 1},
                new int[] {2, 1},
                new int[] {3, 4}));

    assertThat(scores).containsExactly(5.125, 5.125, 1.125, 1.125, 0.125, 0.125);
    assertThat(reward.fingerprint()).isEqualTo(Sha256.of(new byte[0]));
  }

  @ParameterizedTest
  @CsvSource({
    // Of H values: in the corners' range, in the modes' range. At H = 11 and 21 u hits the bounds.
    "8, 4, 2",
    "16, 8, 2",
    "20, 10, 4",
    "11, 6, 0",
    "21, 10, 2",
    "2, 2, 0",
    "3, 2, 0",
    "32, 16, 6"
  })
  void cornersAndModesAreAsManyAsTheFormulaSays(int side, int corners, int modes) {
    HypergridReward reward = new HypergridReward(CONSTANTS, side);
    ObjectBatch all = cube(side);

    double[] scores = reward.scores(all);

    assertThat(Arrays.stream(scores).filter(score -> score > 1).count())
        .isEqualTo((long) corners * corners * corners);
    assertThat(Arrays.stream(scores).filter(score -> score > 5).count())
        .isEqualTo((long) modes * modes * modes);
  }

  @Test
  void farFromTheBoundsTheFormulaInDoublesSaysTheSame() {
    int side = 18;
    ObjectBatch all = cube(side);

    double[] scores = new HypergridReward(CONSTANTS, side).scores(all);

    for (int row = 0; row < scores.length; row++) {
      boolean corner = true;
      boolean mode = true;
      for (int i = 0; i < 3; i++) {
        double u = Math.abs(all.tokens()[3 * row + i] / (side - 1.0) - 0.5);
        corner &= u > 0.25;
        mode &= u > 0.3 && u < 0.4;
      }
      assertThat(scores[row]).isCloseTo(0.125 + (corner ? 1 : 0) + (mode ? 4 : 0), within(1e-12));
    }
  }

  private static ObjectBatch cube(int side) {
    int[][] cells = new int[side * side * side][];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = new int[] {i / side / side, i / side % side, i % side};
    }
    return RewardFixture.objects(3, cells);
  }
}
