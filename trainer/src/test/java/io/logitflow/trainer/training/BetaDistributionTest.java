package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.trainer.config.BetaConfig;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BetaDistributionTest {
  private static final int SIZE = 20_000;
  private static final int ROUNDS = 101;

  @Test
  void uniformIsUniform() {
    assertDistribution(new BetaConfig.Uniform(1, 3), 0, beta -> (beta - 1) / 2);
  }

  @Test
  void constantIsOneValue() {
    assertThat(draw(new BetaConfig.Constant(5), 7, 4, 1)).containsExactly(5, 5, 5, 5);
  }

  @Test
  void clippedNormalIsNormalWithItsTailsOnTheEnds() {
    BetaConfig config = new BetaConfig.ClippedNormal(2, 0.8f, 1, 3.5f);
    assertDistribution(config, 0, beta -> normal((beta - 2) / 0.8));
    float[] betas = draw(config, 0, SIZE, 1);
    assertThat(share(betas, 1)).isCloseTo(normal(-1.25), within(0.012));
    assertThat(share(betas, 3.5f)).isCloseTo(1 - normal(1.875), within(0.008));
  }

  @Test
  void logUniformIsUniformInTheLogarithm() {
    assertDistribution(
        new BetaConfig.LogUniform(0.5f, 50), 0, beta -> Math.log(beta / 0.5) / Math.log(100));
  }

  @Test
  void exponentialUniformIsUniformInTheExponentialAndDoesNotOverflow() {
    assertDistribution(
        new BetaConfig.ExponentialUniform(1, 3),
        0,
        beta -> (Math.exp(beta) - Math.E) / (Math.exp(3) - Math.E));
    assertDistribution(
        new BetaConfig.ExponentialUniform(990, 1000),
        0,
        beta -> (Math.exp(beta - 1000) - Math.exp(-10)) / (1 - Math.exp(-10)));
  }

  @ParameterizedTest
  @CsvSource({"1, 5", "5, 1"})
  void annealedIsUniformAroundACentreThatMoves(float from, float to) {
    BetaConfig config = new BetaConfig.Annealed(from, to);
    for (int round = 0; round < ROUNDS; round += 25) {
      double centre = from + (to - from) * round / 100.0;
      assertDistribution(config, round, beta -> Math.max(0, Math.min(1, beta - (centre - 0.5))));
    }
    float[] first = draw(config, 0, SIZE, 1);
    assertThat(share(first, from)).isCloseTo(0.5, within(0.018));
  }

  @Test
  void annealingOverOneRoundStaysWhereItBegins() {
    float[] betas =
        new BetaDistribution(new BetaConfig.Annealed(1, 5), 1).draw(new Random(1), 0, 100, 1);
    for (float beta : betas) {
      assertThat(beta).isBetween(1f, 1.5f);
    }
  }

  @Test
  void groupsShareABeta() {
    float[] betas = draw(new BetaConfig.Uniform(1, 3), 0, 12, 4);
    for (int i = 0; i < betas.length; i++) {
      assertThat(betas[i]).isEqualTo(betas[i / 4 * 4]);
    }
    assertThat(new float[] {betas[0], betas[4], betas[8]}).doesNotHaveDuplicates();
  }

  private static float[] draw(BetaConfig config, long round, int size, int group) {
    return new BetaDistribution(config, ROUNDS).draw(new Random(3), round, size, group);
  }

  private static double share(float[] betas, float value) {
    int count = 0;
    for (float beta : betas) {
      count += beta == value ? 1 : 0;
    }
    return count / (double) betas.length;
  }

  /** Kolmogorov and Smirnov's test at 0.001, and both ends of the range. */
  private static void assertDistribution(
      BetaConfig config, long round, DoubleUnaryOperator cumulative) {
    float[] betas = draw(config, round, SIZE, 1);
    Arrays.sort(betas);
    assertThat(betas[0]).isGreaterThanOrEqualTo(config.low());
    assertThat(betas[SIZE - 1]).isLessThanOrEqualTo(config.high());
    double distance = 0;
    int below = 0;
    for (int step = 1; step < 400; step++) {
      double beta = config.low() + (config.high() - (double) config.low()) * step / 400;
      while (below < SIZE && betas[below] <= beta) {
        below++;
      }
      double expected = cumulative.applyAsDouble(beta);
      distance = Math.max(distance, Math.abs(below / (double) SIZE - expected));
    }
    assertThat(distance).as("%s in round %d", config, round).isLessThan(1.95 / Math.sqrt(SIZE));
  }

  /** The normal distribution's cumulative function, by Simpson's rule. */
  private static double normal(double x) {
    int steps = 2_000;
    double width = x / steps;
    double sum = density(0) + density(x);
    for (int i = 1; i < steps; i++) {
      sum += (i % 2 == 1 ? 4 : 2) * density(i * width);
    }
    return 0.5 + sum * width / 3;
  }

  private static double density(double x) {
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
