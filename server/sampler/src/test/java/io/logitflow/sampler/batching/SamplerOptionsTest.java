package io.logitflow.sampler.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.session.ExecutionProvider;
import org.junit.jupiter.api.Test;

final class SamplerOptionsTest {
  @Test
  void roundsATileUpToWholeBlocksOfFourRows() {
    assertThat(new SamplerOptions(1, 7, 10, 10, ExecutionProvider.CPU).tileRows()).isEqualTo(8);
    assertThat(new SamplerOptions(1, 8, 10, 10, ExecutionProvider.CPU).tileRows()).isEqualTo(8);
  }

  @Test
  void namesEveryFault() {
    assertThatThrownBy(() -> new SamplerOptions(0, 65_537, -1, 0, ExecutionProvider.CPU))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            """
            workers: found 0, expected 1 to 1024
            tile: found 65537, expected 1 to 65536
            maximum rows: found 0, expected at least 1""");
    assertThatThrownBy(() -> new SamplerOptions(1, 4, 9, 10, ExecutionProvider.CPU))
        .hasMessage(
            "maximum outstanding rows: found 9, expected at least the maximum rows of a request,"
                + " 10");
  }
}
