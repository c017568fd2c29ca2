package io.logitflow.exporter.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.util.JsonFormat;
import io.logitflow.contract.StagedOutput;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.schema.ModelProto;
import io.logitflow.sampler.onnx.schema.TensorProto;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.v1.Graph;
import io.logitflow.v1.Manifest;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
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
          BundleFormat.SCORE_FILE,
          BundleFormat.DECODING_FILE);

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
    assertSameButForLastBits(
        written.resolve(BundleFormat.ROLLOUT_FILE), GOLDEN.resolve(BundleFormat.ROLLOUT_FILE));
    assertThat(withoutChecksumOfTables(written)).isEqualTo(withoutChecksumOfTables(GOLDEN));
  }

  /** What tables hold is computed when they are written: its last bits are the processor's. */
  private static void assertSameButForLastBits(Path file, Path expected) throws IOException {
    ModelProto found = ModelProto.parseFrom(Files.readAllBytes(file));
    ModelProto golden = ModelProto.parseFrom(Files.readAllBytes(expected));
    List<TensorProto> constants = found.getGraph().getInitializerList();
    assertThat(constants).hasSameSizeAs(golden.getGraph().getInitializerList());
    for (int i = 0; i < constants.size(); i++) {
      TensorProto other = golden.getGraph().getInitializer(i);
      if (other.getName().startsWith("tabulated.") && isFloat(other)) {
        assertThat(floats(constants.get(i)))
            .as(other.getName())
            .containsExactly(floats(other), within(1e-5f));
      } else {
        assertThat(constants.get(i)).isEqualTo(other);
      }
    }
    assertThat(withoutConstants(found)).isEqualTo(withoutConstants(golden));
  }

  private static boolean isFloat(TensorProto constant) {
    return constant.getDataType() == TensorProto.DataType.FLOAT_VALUE;
  }

  private static float[] floats(TensorProto constant) {
    FloatBuffer elements =
        constant.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] floats = new float[elements.remaining()];
    elements.get(floats);
    return floats;
  }

  private static ModelProto withoutConstants(ModelProto model) {
    ModelProto.Builder rest = model.toBuilder();
    rest.getGraphBuilder().clearInitializer();
    return rest.build();
  }

  private static Manifest withoutChecksumOfTables(Path bundle) throws IOException {
    Manifest.Builder manifest = Manifest.newBuilder();
    JsonFormat.parser()
        .merge(Files.readString(bundle.resolve(BundleFormat.MANIFEST_FILE)), manifest);
    for (Graph.Builder graph : manifest.getGraphsBuilderList()) {
      if (graph.getRole() == Graph.Role.ROLLOUT) {
        graph.getFileBuilder().clearSha256();
      }
    }
    return manifest.build();
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
