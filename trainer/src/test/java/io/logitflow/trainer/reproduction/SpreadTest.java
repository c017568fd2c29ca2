package io.logitflow.trainer.reproduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void isMeanAndStandardDeviationOfTheSample() {
    // Deviations from 5 are -3, -1, 0, 4: squares sum to 26, over N - 1 = 3.
    Spread spread = Spread.of(2, 4, 5, 9);
    assertThat(spread.count()).isEqualTo(4);
    assertThat(spread.mean()).isEqualTo(5);
    assertThat(spread.deviation()).isCloseTo(Math.sqrt(26.0 / 3), within(1e-12));
    assertThat(spread.text(2)).isEqualTo("5.00 ± 2.94");
    assertThat(spread.text(0)).isEqualTo("5 ± 3");
  }

  @Test
  void oneValueDoesNotSpreadAndNoneIsADash() {
    assertThat(Spread.of(0.25).text(3)).isEqualTo("0.250");
    assertThat(Spread.of(0.25).deviation()).isNaN();
    assertThat(Spread.of().text(3)).isEqualTo("–");
  }
}
