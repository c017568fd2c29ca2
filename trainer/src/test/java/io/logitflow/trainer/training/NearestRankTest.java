package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestRankTest {
  @ParameterizedTest
  @CsvSource({
    "0, 100, 0",
    "0.0001, 5, 0",
    "0.2, 5, 0",
    "0.2001, 5, 1",
    "0.9, 20, 17",
    "1, 1, 0",
    "1, 7, 6"
  })
  void isTheLeastThatAShareDoesNotExceed(double share, int size, int expected) {
    assertThat(NearestRank.of(BigDecimal.valueOf(share), size)).isEqualTo(expected);
  }

  @Test
  void everyPercentileOfAHundredIsItsOwnRank() {
    for (int percentile = 1; percentile <= 100; percentile++) {
      // 55 / 100.0 * 100 is above 55, and likewise for 7, 14, 28.
      assertThat(NearestRank.of(BigDecimal.valueOf(percentile / 100.0), 100))
          .isEqualTo(percentile - 1);
    }
  }
}
