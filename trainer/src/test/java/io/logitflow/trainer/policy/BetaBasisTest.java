package io.logitflow.trainer.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BetaBasisTest {
  @Test
  void aSingleHeadIsBeta() {
    BetaBasis basis = BetaBasis.of(1, 2, 2);
    assertThat(basis.ofBeta()).containsExactly(1f);
    assertThat(basis.ofOne()).containsExactly(0f);
    assertThat(basis.readsLogarithm()).isFalse();
  }

  /** E[1 · β] / E[β²] of U[1, 3] is 2 / (13 / 3). */
  @Test
  void theSecondHeadIsOneLessItsShareOfBeta() {
    BetaBasis basis = BetaBasis.of(2, 1, 3);
    assertThat(basis.ofBeta()).containsExactly(new float[] {1, -6f / 13}, within(1e-6f));
    assertThat(basis.ofOne()).containsExactly(0f, 1f);
    assertThat(basis.readsLogarithm()).isFalse();
  }

  /** By a plain mean over midpoints, where the basis integrates by parabolas. */
  @ParameterizedTest
  @CsvSource({"1, 3", "10, 50", "0.1, 0.2"})
  void differentHeadsHaveNoMeanProductOverTheRange(double low, double high) {
    BetaBasis basis = BetaBasis.of(3, low, high);
    assertThat(basis.readsLogarithm()).isTrue();
    double[][] products = new double[3][3];
    int points = 10_000;
    for (int point = 0; point < points; point++) {
      double beta = low + (high - low) * (point + 0.5) / points;
      double[] values = new double[3];
      for (int head = 0; head < 3; head++) {
        values[head] =
            basis.ofBeta()[head] * beta
                + basis.ofOne()[head]
                + basis.ofLogBeta()[head] * Math.log(beta);
      }
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
          products[i][j] += values[i] * values[j] / points;
        }
      }
    }
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < i; j++) {
        double cosine = products[i][j] / Math.sqrt(products[i][i] * products[j][j]);
        assertThat(cosine).as("heads %d and %d", i, j).isCloseTo(0, within(1e-4));
      }
      // Each head has its own function with the factor one, and none of those behind it.
      assertThat(new float[][] {basis.ofBeta(), basis.ofOne(), basis.ofLogBeta()}[i][i])
          .isEqualTo(1f);
    }
  }
}
