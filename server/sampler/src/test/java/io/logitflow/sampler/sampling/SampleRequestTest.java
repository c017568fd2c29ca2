package io.logitflow.sampler.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SampleRequestTest {
  @Test
  void numbersRowsBetaByBeta() {
    SampleRequest request = SampleRequest.of(new float[] {1, 2.5F}, 3, 10, 7);

    assertThat(request.rows()).isEqualTo(6);
    assertThat(request.betaOfRow(2)).isEqualTo(1);
    assertThat(request.betaOfRow(3)).isEqualTo(2.5F);
    assertThat(request.betaOfRow(5)).isEqualTo(2.5F);
  }

  @Test
  void keepsItsOwnCopyOfTheBetas() {
    float[] betas = {1};
    SampleRequest request = SampleRequest.of(betas, 1, 0, 0);
    betas[0] = -1;

    assertThat(request.beta(0)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY})
  void refusesABetaThatIsNoInverseTemperature(float beta) {
    assertThatThrownBy(() -> SampleRequest.of(new float[] {1, beta}, 1, 0, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("beta[1]: found " + beta + ", expected a finite number above 0");
  }

  @Test
  void namesTenFaultyBetasAndCountsTheRest() {
    float[] betas = new float[12];
    betas[0] = 1;
    assertThatThrownBy(() -> SampleRequest.of(betas, 0, 0, 0))
        .message()
        .startsWith("beta[1]: found 0.0, expected a finite number above 0\nbeta[2]: ")
        .endsWith(
            """
            beta[10]: found 0.0, expected a finite number above 0
            beta: found 1 further faults, expected finite numbers above 0
            count: found 0, expected at least 1""");
    betas[1] = 1;
    assertThatThrownBy(() -> SampleRequest.of(betas, 1, 0, 0))
        .message()
        .hasLineCount(10)
        .endsWith("beta[11]: found 0.0, expected a finite number above 0");
  }

  @Test
  void namesEveryFault() {
    assertThatThrownBy(() -> SampleRequest.of(new float[0], 0, -1, 0))
        .hasMessage(
            """
            beta: found 0 values, expected 1 to 1000 values
            count: found 0, expected at least 1
            first_row: found -1, expected at least 0""");
    assertThatThrownBy(() -> SampleRequest.of(new float[1_001], 1, 0, 0))
        .hasMessageStartingWith("beta: found 1001 values, expected 1 to 1000 values\n");
  }

  @Test
  void refusesRowsThatDoNotFitIn64Bits() {
    long last = Long.MAX_VALUE;
    assertThat(SampleRequest.of(new float[] {1}, 1, last, 0).firstRow()).isEqualTo(last);
    assertThatThrownBy(() -> SampleRequest.of(new float[] {1, 2}, 1, last, 0))
        .hasMessage("first_row: found 9223372036854775807, expected at most 9223372036854775806");
    assertThatThrownBy(() -> SampleRequest.of(new float[] {1, 2}, last, 0, 0))
        .hasMessage("count: found 9223372036854775807, expected 1 to 4611686018427387903");
  }
}
