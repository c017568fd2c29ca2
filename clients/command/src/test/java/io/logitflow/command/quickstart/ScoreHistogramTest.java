package io.logitflow.command.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScoreHistogramTest {
  @Test
  void normalisesWeightsAndPutsTheUpperEdgeIntoTheLastBin() {
    ScoreHistogram histogram =
        ScoreHistogram.of(new double[] {0, 0.49, 0.5, 2}, new double[] {1, 1, 2, 4}, 0, 2, 4);

    assertThat(histogram.mass()).containsExactly(0.25, 0.25, 0.0, 0.5);
    assertThat(histogram.width()).isEqualTo(0.5);
  }
}
