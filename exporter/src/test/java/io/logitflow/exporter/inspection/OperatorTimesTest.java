package io.logitflow.exporter.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OperatorTimesTest {
  @TempDir private Path directory;

  /** On one thread the nodes of all runs cannot take longer than everything does. */
  @ParameterizedTest
  @EnumSource(names = {"UNROLLED", "LOOP"})
  void isOfOneRun(RolloutForm form) {
    TrainedModel model = RandomModel.strings(4, 4, ScaleForm.POSITIVE, 41, 128, 128);
    Bundle bundle = BundleFolder.writeUnchecked(model, directory.resolve("bundle"), form);
    long start = System.nanoTime();
    OperatorTimes times = OperatorTimes.of(bundle, 64);
    double elapsed = (System.nanoTime() - start) / 1e3;
    double run = times.microseconds().values().stream().mapToDouble(Double::doubleValue).sum();
    assertThat(OperatorTimes.RUNS * run).isPositive().isLessThanOrEqualTo(elapsed);
  }
}
