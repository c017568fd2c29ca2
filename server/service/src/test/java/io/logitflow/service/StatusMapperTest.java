package io.logitflow.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
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
}
