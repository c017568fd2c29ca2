package io.logitflow.exporter.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.trainer.config.PolicyConfig.ScaleForm;
import io.logitflow.v1.Manifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
            () -> new BundleWriter("test").write(model, directory.resolve("bundle"), failing))
        .isInstanceOf(LogitFlowException.class)
        .hasMessage("they differ");
    assertThat(directory).isEmptyDirectory();
  }
}
