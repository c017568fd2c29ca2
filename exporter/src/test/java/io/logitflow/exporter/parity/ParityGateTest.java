package io.logitflow.exporter.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.exporter.bundle.BundleCalibration;
import io.logitflow.exporter.bundle.BundleWriter;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParityGateTest {
  private final TrainedModel model = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 22, 16);

  @TempDir Path directory;

  @Test
  void aBundleThatDiffersFromTheTrainerIsNotWritten() {
    TrainedModel other = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 23, 16);
    assertThatThrownBy(
            () ->
                new BundleWriter("test", BundleWriter.TABLE_BUDGET, Optional.empty())
                    .write(
                        other,
                        directory.resolve("bundle"),
                        new ParityGate(model),
                        BundleCalibration.NONE))
        .isInstanceOf(LogitFlowException.class)
        .hasMessageStartingWith(
            "the exported graphs are not seen to be the trainer's: 4096 trajectories, ")
        .hasMessageContaining("forward_logits differs in ");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aBundleThatDoesNotDifferCarriesItsReport() {
    Path bundle = directory.resolve("bundle");
    new BundleWriter("test", BundleWriter.TABLE_BUDGET, Optional.empty())
        .write(model, bundle, new ParityGate(model), BundleCalibration.NONE);
    assertThat(bundle.resolve("parity.json")).content().contains("\"passed\"");
  }
}
