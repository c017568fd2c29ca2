package io.logitflow.exporter.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.contract.StagedOutput;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The bundle that the sampler's tests run on is what this exporter writes. With {@code
 * -Dlogitflow.golden.write=true} it is written anew, which a change of the format alone justifies.
 */
class GoldenBundleTest {
  private static final Path GOLDEN =
      Path.of("../server/sampler/src/test/resources/golden/v3").toAbsolutePath().normalize();

  /** What earlier releases wrote of the same model. */
  static final List<Path> EARLIER =
      List.of(GOLDEN.resolveSibling("v1"), GOLDEN.resolveSibling("v2"));

  /** The same model's rollout with a loop. */
  private static final Path LOOP = GOLDEN.resolveSibling("loop").resolve(BundleFormat.ROLLOUT_FILE);

  private static final List<String> COMPARED =
      List.of(
          BundleFormat.POLICY_FILE,
          BundleFormat.SCALE_FILE,
          BundleFormat.LOG_PARTITION_FILE,
          BundleFormat.ROLLOUT_FILE,
          BundleFormat.SCORE_FILE,
          BundleFormat.DECODING_FILE,
          BundleFormat.MANIFEST_FILE);

  /** Of a seed with which a sampler's tests can tell a β that is off by 5%. */
  private static final TrainedModel MODEL = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 78, 16);

  private static final BundleWriter WRITER =
      new BundleWriter("golden", BundleWriter.TABLE_BUDGET, Optional.empty());

  private static final BundleWriter LOOP_WRITER =
      new BundleWriter("golden", 0, Optional.of(RolloutForm.LOOP));

  @TempDir private Path directory;

  @BeforeAll
  static void writeIfAsked(@TempDir Path looped) throws Exception {
    if (Boolean.getBoolean("logitflow.golden.write")) {
      StagedOutput.deleteTree(GOLDEN);
      WRITER.write(
          MODEL,
          GOLDEN,
          staged -> BundleFolder.parity(MODEL, staged).toJson(),
          BundleCalibration.NONE);
      Files.createDirectories(LOOP.getParent());
      Files.copy(looped(looped.resolve("bundle")), LOOP, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void isWhatThisExporterWrites() throws Exception {
    // The last digits of measured differences depend on the processor: the report is taken over.
    String report = Files.readString(GOLDEN.resolve(BundleFormat.PARITY_FILE));
    Path written = directory.resolve("bundle");
    WRITER.write(MODEL, written, staged -> report, BundleCalibration.NONE);
    for (String file : COMPARED) {
      assertThat(written.resolve(file)).hasSameBinaryContentAs(GOLDEN.resolve(file));
    }
  }

  @Test
  void itsLoopIsWhatThisExporterWrites() throws Exception {
    assertThat(looped(directory.resolve("bundle"))).hasSameBinaryContentAs(LOOP);
  }

  private static Path looped(Path target) {
    LOOP_WRITER.write(MODEL, target, staged -> "{}", BundleCalibration.NONE);
    return target.resolve(BundleFormat.ROLLOUT_FILE);
  }

  @Test
  void isEqualToTheTrainer() {
    assertThat(BundleFolder.parity(MODEL, GOLDEN).passed()).isTrue();
  }

  @ParameterizedTest
  @FieldSource("EARLIER")
  void thoseOfEarlierVersionsAreVerifiedAsBefore(Path earlier) {
    VerifiedManifest.of(Bundle.open(earlier));
    assertThat(BundleFolder.parity(MODEL, earlier).passed()).isTrue();
  }
}
