package io.logitflow.exporter.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.v1.Manifest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutSummaryTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "999, 999 bytes",
    "1000, 1.0 kB",
    "2816, 2.8 kB",
    "999949, 999.9 kB",
    "1000000, 1.0 MB",
    "67108864, 67.1 MB"
  })
  void showsTheSizeOfTables(long bytes, String size) {
    Manifest.Builder manifest = Manifest.newBuilder();
    manifest.getEnvironmentBuilder().setMaximumSteps(8);
    manifest
        .getRolloutBuilder()
        .setForm("unrolled")
        .getTabulationBuilder()
        .setLayout("edge")
        .setSteps(6)
        .setStates(1365)
        .setBytes(bytes);
    assertThat(RolloutSummary.of(manifest.build()))
        .isEqualTo("rollout unrolled, 6 of 8 steps from tables by edge: 1,365 states in " + size);
  }
}
