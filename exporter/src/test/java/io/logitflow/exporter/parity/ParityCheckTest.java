package io.logitflow.exporter.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.trainer.config.PolicyConfig.ScaleForm;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParityCheckTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"4, 4, POSITIVE", "3, 5, PAPER", "260, 2, POSITIVE"})
  void findsABundleEqualToItsModel(int vocabulary, int length, ScaleForm form) {
    TrainedModel model = RandomModel.strings(vocabulary, length, form, 21, 16, 16);
    BundleFolder.write(model, directory.resolve("bundle"));
    ParityReport report = BundleFolder.parity(model, directory.resolve("bundle"));
    assertThat(report.passed()).isTrue();
    assertThat(report.betas()).containsExactly(0.25f, 0.5f, 1f, 2f, 3f, 4.5f, 6f);
    assertThat(report.rows()).isEqualTo(4_096);
    assertThat(report.outputs())
        .extracting(output -> output.graph() + " " + output.output())
        .containsExactly(
            "policy.onnx forward_logits",
            "scale.onnx forward_scale",
            "log_partition.onnx log_partition",
            "rollout.onnx tokens",
            "rollout.onnx length",
            "rollout.onnx log_pf",
            "rollout.onnx log_pb",
            "rollout.onnx log_z");
    long compared = (long) length * (report.rows() - report.boundaryRows());
    assertThat(report.outputs().get(3).values()).isEqualTo(compared).isGreaterThan(4_000);
    assertThat(ParityReport.parse("parity.json", report.toJson())).isEqualTo(report);
  }

  @Test
  void countsTheRowsThatRoundingMayDecide() {
    TrainedModel model = RandomModel.strings(260, 2, ScaleForm.POSITIVE, 21, 16);
    BundleFolder.write(model, directory.resolve("bundle"));
    // 259 boundaries at the first step and 519 at the second, each 2e-5 wide, in 4,096 rows: 64.
    assertThat(BundleFolder.parity(model, directory.resolve("bundle")).boundaryRows())
        .isBetween(24, 104);
  }

  @Test
  void findsOneParameterThatDiffers() {
    TrainedModel model = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 22, 16);
    Bundle bundle = BundleFolder.write(model, directory.resolve("bundle"));
    float[] parameters = model.parameters();
    parameters[model.network().layout().block("forward.1.bias").offset()] += 1e-3f;
    try (TrainedPolicy other =
        new TrainedPolicy(model.network(), model.environment(), parameters)) {
      ParityReport report = ParityCheck.run(bundle, model.environment(), other);
      assertThat(report.passed()).isFalse();
      assertThat(report.summary())
          .startsWith("4096 trajectories, ")
          .contains("forward_logits differs in ")
          .doesNotContain("log_z");
    }
  }

  @Test
  void countsWhatIsNotANumberAsADifference() {
    Comparison comparison = new Comparison("rollout.onnx", "log_pf");
    comparison.add(Float.NaN, 1);
    comparison.add(1, 1);
    assertThat(comparison.result())
        .isEqualTo(new OutputParity("rollout.onnx", "log_pf", 2, Double.POSITIVE_INFINITY, 1));
  }

  @Test
  void passesNothingThatWasNotCompared() {
    assertThat(new Comparison("rollout.onnx", "log_pf").result().passed()).isFalse();
  }

  @Test
  void refusesWhatIsNoReport() {
    assertThatThrownBy(() -> ParityReport.parse("b/parity.json", "{}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "b/parity.json: found Missing creator property 'passed' (index 0),"
                + " expected a parity report");
  }
}
