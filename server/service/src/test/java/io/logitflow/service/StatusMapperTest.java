package io.logitflow.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatusMapperTest {
  @ParameterizedTest
  @CsvSource({
    "INVALID_INPUT, INVALID_ARGUMENT",
    "OVERLOADED, RESOURCE_EXHAUSTED",
    "UNAVAILABLE, UNAVAILABLE",
    "FAILED, INTERNAL"
  })
  void mapsACategoryAndKeepsTheMessage(Category category, Status.Code code) {
    Status status =
        StatusMapper.statusOf(new LogitFlowException(category, "what happened")).getStatus();

    assertThat(status.getCode()).isEqualTo(code);
    assertThat(status.getDescription()).isEqualTo("what happened");
  }

  @ParameterizedTest
  @CsvSource({"x, 2000", "\u00e9, 1000", "\u20ac, 666", "\ud83d\ude00, 500"})
  void cutsAMessageThatNoHeaderHolds(String character, int kept) {
    assertThat(descriptionOf(character.repeat(kept))).isEqualTo(character.repeat(kept));
    assertThat(descriptionOf(character.repeat(100_000))).isEqualTo(character.repeat(kept) + "...");
  }

  private static @Nullable String descriptionOf(String message) {
    return StatusMapper.statusOf(new LogitFlowException(Category.FAILED, message))
        .getStatus()
        .getDescription();
  }
}
