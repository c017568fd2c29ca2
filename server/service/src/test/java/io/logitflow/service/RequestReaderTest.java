package io.logitflow.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.v1.Column;
import io.logitflow.v1.SampleRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RequestReaderTest {
  private final RequestReader reader;

  RequestReaderTest(@TempDir Path directory) {
    reader = new RequestReader(10, GoldenBundle.open(directory));
  }

  @Test
  void readsEveryField() {
    io.logitflow.sampler.sampling.SampleRequest request =
        reader.read(
            SampleRequest.newBuilder().addBeta(1).addBeta(2).setCount(5).setFirstRow(8).build(), 3);

    assertThat(request.betaCount()).isEqualTo(2);
    assertThat(request.beta(1)).isEqualTo(2);
    assertThat(request.count()).isEqualTo(5);
    assertThat(request.firstRow()).isEqualTo(8);
    assertThat(request.seed()).isEqualTo(3);
  }

  @Test
  void refusesMoreColumnsThanThereAreWithOneFault() {
    SampleRequest.Builder request = SampleRequest.newBuilder().addBeta(1).setCount(1);
    for (int i = 0; i < 5; i++) {
      request.addColumns(Column.LOG_PF);
    }
    assertThatThrownBy(() -> reader.read(request.build(), 0))
        .hasMessage(
            """
            columns[1]: found LOG_PF, expected each column once
            columns[2]: found LOG_PF, expected each column once
            columns[3]: found LOG_PF, expected each column once
            columns[4]: found LOG_PF, expected each column once""");

    request.addColumns(Column.LOG_PF);
    assertThatThrownBy(() -> reader.read(request.build(), 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("columns: found 6 values, expected at most 5, each column once");
  }

  @Test
  void refusesMoreBetasThanRows() {
    SampleRequest.Builder request = SampleRequest.newBuilder().setCount(1);
    for (int j = 0; j < 11; j++) {
      request.addBeta(1);
    }
    assertThatThrownBy(() -> reader.read(request.build(), 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("beta: found 11 values, expected at most 10, the rows that a request may have");
  }
}
