package io.logitflow.sampler.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.sampler.GoldenBundle;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BitInvarianceTest {
  @TempDir private Path directory;
  private RolloutSession session;

  @BeforeEach
  void open() {
    session = RolloutSession.open(GoldenBundle.open(directory), ExecutionProvider.CPU);
  }

  @AfterEach
  void close() {
    session.close();
  }

  @Test
  void holdsOverALadderOfMultiplesOfFour() {
    BitInvariance invariance = BitInvariance.measure(session, TileSizes.ladder(1_024));

    assertThat(invariance.differingRows()).containsOnlyKeys(4, 32, 256).containsValues(0, 0, 0);
    // The full tile; of 256 rows 64 parts of 4, 8 of 32, and of 256 the first and the last; then
    // all rows that there are.
    assertThat(session.runs()).isEqualTo(1 + 64 + 8 + 2 + 256 + 32 + 4);
  }

  /** A row's log Z is the β of its tile's first row: of the last rows alone it is another. */
  @Test
  void seesARowOfWhichLogZAloneDiffers(@TempDir Path entangled) {
    try (RolloutSession differing =
        RolloutSession.open(GoldenBundle.openEntangled(entangled), ExecutionProvider.CPU)) {
      BitInvariance invariance = BitInvariance.measure(differing, TileSizes.ladder(256));

      assertThat(invariance.differingRows())
          .containsExactly(Map.entry(4, 256 - 4), Map.entry(32, 256 - 32));
    }
  }

  @Test
  void trustsTheLargestSizeAndThoseInWhichNoRowDiffers() {
    TileSizes sizes = TileSizes.ladder(256);

    assertThat(new BitInvariance(Map.of(4, 0, 32, 0)).trusted(sizes).all())
        .containsExactly(4, 32, 256);
    assertThat(new BitInvariance(Map.of(4, 1, 32, 0)).trusted(sizes).all())
        .containsExactly(32, 256);
    assertThat(new BitInvariance(Map.of(4, 1, 32, 7)).trusted(sizes).all()).containsExactly(256);
  }
}
