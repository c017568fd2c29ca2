package io.logitflow.sampler.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class EstimateTest {
  /** Weights 1, 2 and 6: mean 3, variance (4 + 1 + 9) / 2 = 7, error of the mean √(7 / 3). */
  @Test
  void isTheLogarithmOfTheMeanAndItsRelativeError() {
    Estimate estimate = Estimate.of(new double[] {Math.log(1), Math.log(2), Math.log(6)});

    assertThat(estimate.logP()).isCloseTo(Math.log(3), within(1e-12));
    assertThat(estimate.standardError()).isCloseTo(Math.sqrt(7 / 3.0) / 3, within(1e-12));
  }

  @Test
  void knowsWeightsThatNoDoubleHolds() {
    Estimate estimate = Estimate.of(new double[] {-2_000, -2_000 + Math.log(3)});

    assertThat(estimate.logP()).isCloseTo(-2_000 + Math.log(2), within(1e-9));
    assertThat(estimate.standardError()).isCloseTo(0.5, within(1e-9));
  }

  /** Weights 0, 1 and 0 beside the largest: mean 1 / 3, of which its error is all. */
  @Test
  void knowsWeightsOfWhichOneIsFarLargerWhereverItStands() {
    for (double[] logWeights :
        List.of(new double[] {800, 0, 0}, new double[] {0, 800, 0}, new double[] {0, 0, 800})) {
      Estimate estimate = Estimate.of(logWeights);

      assertThat(estimate.logP()).isCloseTo(800 - Math.log(3), within(1e-9));
      assertThat(estimate.standardError()).isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void hasNoErrorWhereNothingVaries() {
    assertThat(Estimate.of(new double[] {-3, -3}).standardError()).isZero();
  }
}
