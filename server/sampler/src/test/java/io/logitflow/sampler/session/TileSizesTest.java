package io.logitflow.sampler.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TileSizesTest {
  @ParameterizedTest
  @CsvSource({"1,4", "4,4", "5,8", "255,256", "256,256"})
  void padsToMultiplesOfFour(int rows, int padded) {
    assertThat(TileSizes.multiplesOfFour(253).padded(rows)).isEqualTo(padded);
  }

  @ParameterizedTest
  @CsvSource({"1,4", "4,4", "5,32", "32,32", "33,256", "257,1024", "1025,1500", "1500,1500"})
  void padsToTheNextRungOfTheLadderAndAtLastToTheTile(int rows, int padded) {
    assertThat(TileSizes.ladder(1_499).padded(rows)).isEqualTo(padded);
  }

  @Test
  void aLadderEndsWithTheTile() {
    assertThat(TileSizes.ladder(1).all()).containsExactly(4);
    assertThat(TileSizes.ladder(4).all()).containsExactly(4);
    assertThat(TileSizes.ladder(256).all()).containsExactly(4, 32, 256);
    assertThat(TileSizes.ladder(65_536).all())
        .containsExactly(4, 32, 256, 1_024, 4_096, 16_384, 65_536);
  }

  @Test
  void ofAGraphThatNobodyMeasuredTheLargestAloneIsUsedOnAGpu() {
    TileSizes sizes = TileSizes.ladder(300);
    assertThat(sizes.unmeasured(new CudaProvider(0, 1, false)).all()).containsExactly(300);
    assertThat(sizes.unmeasured(ExecutionProvider.CPU).all()).containsExactly(4, 32, 256, 300);
  }

  @Test
  void padsToTheSizesThatMayBeUsedAndTheLargest() {
    TileSizes sizes = TileSizes.ladder(300).retaining(size -> size == 32);
    assertThat(sizes.all()).containsExactly(32, 300);
    assertThat(sizes.padded(1)).isEqualTo(32);
    assertThat(sizes.retaining(size -> false).padded(1)).isEqualTo(300);
  }
}
