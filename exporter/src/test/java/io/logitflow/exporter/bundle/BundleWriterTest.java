package io.logitflow.exporter.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.v1.Manifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BundleWriterTest {
  private final TrainedModel model = RandomModel.strings(3, 2, ScaleForm.PAPER, 9, 8);
  @TempDir private Path directory;

  @Test
  void writesTheSameBytesTwice() throws Exception {
    Path first = BundleFolder.write(model, directory.resolve("first")).directory();
    Path second = BundleFolder.write(model, directory.resolve("second")).directory();
    List<Path> files;
    try (Stream<Path> list = Files.list(first)) {
      files = list.toList();
    }
    assertThat(files)
        .extracting(file -> file.getFileName().toString())
        .containsExactlyInAnyOrder(
            "manifest.json",
            "policy.onnx",
            "scale.onnx",
            "log_partition.onnx",
            "rollout.onnx",
            "score.onnx",
            "decode.onnx",
            "parity.json");
    for (Path file : files) {
      assertThat(second.resolve(file.getFileName())).hasSameBinaryContentAs(file);
    }
  }

  @Test
  void fillsTheManifest() {
    Bundle bundle = BundleFolder.write(model, directory.resolve("bundle"));
    Manifest manifest = bundle.manifest();
    assertThat(manifest.getEnvironment().getType()).isEqualTo("prepend-append");
    assertThat(manifest.getEnvironment().getMaximumLength()).isEqualTo(2);
    assertThat(manifest.getEnvironment().getMaximumSteps()).isEqualTo(2);
    assertThat(manifest.getEnvironment().getActionCount()).isEqualTo(6);
    assertThat(manifest.getEnvironment().getFeatureCount()).isEqualTo(6);
    assertThat(manifest.getEnvironment().getObjectCount()).isEqualTo(9);
    assertThat(manifest.getEnvironment().getBackwardActionCount()).isEqualTo(2);
    assertThat(manifest.getBackward()).isEqualTo("uniform");
    assertThat(manifest.getConditioning().getType()).isEqualTo("logit-scale");
    assertThat(manifest.getVocabulary().getTokensList()).containsExactly("A", "C", "G");
    assertThat(manifest.getConditioning().getForm()).isEqualTo("paper");
    assertThat(manifest.getConditioning().getHeads()).isEqualTo(1);
    assertThat(manifest.getConditioning().getLogitClamp()).isEqualTo(20);
    assertThat(manifest.getTrainedBeta().getLow()).isEqualTo(1);
    assertThat(manifest.getTrainedBeta().getHigh()).isEqualTo(3);
    assertThat(manifest.getLogReward().getExponent()).isEqualTo(3);
    assertThat(manifest.getProvenance().getProducerVersion()).isEqualTo("test");
    assertThat(manifest.getProvenance().getRound()).isEqualTo(1_000);
    assertThat(manifest.getProvenance().getSeed()).isEqualTo(9);
    assertThat(manifest.getProvenance().getParametersSha256()).endsWith("09");
    assertThat(manifest.getProvenance().getRewardSha256()).startsWith("abab");
    assertThat(manifest.getConfig()).isEqualTo(model.configYaml());
    assertThat(manifest.getReports(0).getName()).isEqualTo("parity.json");
    assertThat(VerifiedManifest.of(bundle).environment().objectCount()).hasValue(9);
  }

  @Test
  void saysHowTheOtherKindsDiffer() {
    String grid = "{type: hypergrid, dimensions: 2, side: 3}";
    String thermometer =
        "{type: logit-scale+layer, form: positive, encoding: {type: thermometer, bins: 6, low: 0.5,"
            + " high: 4}}";
    Manifest both =
        BundleFolder.write(
                RandomModel.of(grid, thermometer, "learned", "detailed-balance", 1),
                directory.resolve("both"))
            .manifest();
    assertThat(both.getBackward()).isEqualTo("learned");
    assertThat(both.getEnvironment().getBackwardActionCount()).isEqualTo(3);
    assertThat(both.getConditioning().getType()).isEqualTo("logit-scale+layer");
    assertThat(both.getConditioning().getForm()).isEqualTo("positive");
    assertThat(both.getConditioning().getEncoding().getType()).isEqualTo("thermometer");
    assertThat(both.getConditioning().getEncoding().getBins()).isEqualTo(6);
    assertThat(both.getConditioning().getEncoding().getRange().getHigh()).isEqualTo(4);

    Path none = directory.resolve("none");
    Manifest unconditioned =
        BundleFolder.write(
                RandomModel.of(grid, "{type: none}", "uniform", "trajectory-balance", 1), none)
            .manifest();
    assertThat(unconditioned.getConditioning().getType()).isEqualTo("none");
    assertThat(unconditioned.getConditioning().getForm()).isEmpty();
    assertThat(unconditioned.getConditioning().hasEncoding()).isFalse();
    assertThat(unconditioned.getTrainedBeta().getLow()).isEqualTo(1.5f);
    assertThat(unconditioned.getTrainedBeta().getHigh()).isEqualTo(1.5f);
    assertThat(none.resolve("scale.onnx")).doesNotExist();
    VerifiedManifest.of(Bundle.open(none));
  }

  @ParameterizedTest
  @CsvSource({
    "'{type: autoregressive, tokens: [A, C, G, T], length: 600}', loop",
    "'{type: autoregressive, tokens: [A, C, G, T], minimum_length: 500, length: 600}', loop",
    "'{type: autoregressive, tokens: [A, C, G, T], length: 240}', incremental",
    "'{type: hypergrid, dimensions: 2, side: 100}', loop",
    "'{type: hypergrid, dimensions: 1, side: 180}', unrolled"
  })
  void loopsWhereStepsWouldBeTooManyNodes(String environment, String form) {
    // Of a seed that makes the policy layers alone.
    TrainedModel longer =
        RandomModel.of(
            environment, "{type: logit-scale, form: positive}", "uniform", "trajectory-balance", 6);
    new BundleWriter("test", 1 << 16, Optional.empty())
        .write(longer, directory.resolve("long"), staged -> "{}", BundleCalibration.NONE);
    Bundle bundle = Bundle.open(directory.resolve("long"));
    assertThat(bundle.manifest().getRollout().getForm()).isEqualTo(form);
    assertThat(bundle.manifest().getRollout().hasTabulation()).isEqualTo(!form.equals("loop"));
  }

  @Test
  void refusesATargetThatExists() throws Exception {
    Path target = Files.createDirectory(directory.resolve("taken"));
    assertThatThrownBy(() -> BundleFolder.write(model, target))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(target + ": found something of that name, expected a name that is not taken");
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void leavesNothingWhenTheCheckFails() {
    BundleCheck failing =
        staged -> {
          throw new LogitFlowException(Category.FAILED, "they differ");
        };
    assertThatThrownBy(
            () ->
                new BundleWriter("test", BundleWriter.TABLE_BUDGET, Optional.empty())
                    .write(model, directory.resolve("bundle"), failing, BundleCalibration.NONE))
        .isInstanceOf(LogitFlowException.class)
        .hasMessage("they differ");
    assertThat(directory).isEmptyDirectory();
  }
}
