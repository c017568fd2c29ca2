package io.logitflow.exporter.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.CheckpointFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.trainer.checkpoint.Checkpoint;
import io.logitflow.trainer.checkpoint.Weights;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.v1.Manifest;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class VerifiedManifestTest {
  private final TrainedModel model = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 78, 16);
  @TempDir private Path directory;

  /** Edits that leave a manifest which a server would take, and the one fault that each is. */
  static Stream<Arguments> edits() {
    return Stream.of(
        edit(
            manifest -> manifest.getEnvironmentBuilder().setObjectCount(63),
            "environment.objectCount: found 63, expected 64"),
        edit(
            manifest -> manifest.getEnvironmentBuilder().clearObjectCount(),
            "environment.objectCount: found nothing, expected 64"),
        edit(
            manifest -> manifest.getVocabularyBuilder().setTokens(0, "T").setTokens(3, "A"),
            "vocabulary.tokens[0]: found \"T\", expected \"A\""),
        edit(
            manifest -> manifest.getVocabularyBuilder().setSeparator("::\n"),
            "vocabulary.separator: found \"::\\n\", expected \"\""),
        edit(
            manifest -> manifest.getConditioningBuilder().setForm("paper"),
            "conditioning.form: found \"paper\", expected \"positive\""),
        edit(
            manifest -> manifest.getConditioningBuilder().setLogitClamp(20),
            "conditioning.logitClamp: found 20.0, expected nothing"),
        edit(
            manifest -> manifest.getEnvironmentBuilder().setBackwardActionCount(7),
            "environment.backwardActionCount: found 7, expected 2"),
        edit(
            manifest -> manifest.getTrainedBetaBuilder().setHigh(2),
            "trainedBeta.high: found 2.0, expected 3.0"),
        edit(
            manifest -> manifest.getLogRewardBuilder().setExponent(77),
            "logReward.exponent: found 77.0, expected 3.0"),
        edit(
            manifest -> manifest.setExactProducts(true),
            "exactProducts: found true, expected false"),
        edit(
            manifest -> manifest.getProvenanceBuilder().setSeed(79),
            "provenance.seed: found 79, expected 78"));
  }

  @ParameterizedTest
  @MethodSource("edits")
  void refusesAFieldThatContradictsTheConfig(Consumer<Manifest.Builder> edit, String fault) {
    Path folder = BundleFolder.writeUnchecked(model, directory.resolve("bundle")).directory();
    BundleFolder.edit(folder, edit);
    Bundle bundle = Bundle.open(folder);
    assertThatThrownBy(() -> VerifiedManifest.of(bundle))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("manifest.json " + fault + ", as its config says");
  }

  /** A number up to 2,048 has a place in TF32; strings of up to six letters are 5,461. */
  @ParameterizedTest
  @CsvSource({
    "'[A, C, G, T]', 'network: mlp', false",
    "'[A, C, G, T]', 'network: table', true",
    "'[A, C, G, T]', 'network: mlp, window: 5', false",
    "'[A, C, G, T]', 'network: mlp, window: 6', true",
    "2048, 'network: mlp', false",
    "2049, 'network: mlp', true"
  })
  void saysWhetherProductsCarryNumbersThatTf32Rounds(String tokens, String network, boolean exact) {
    String names =
        tokens.startsWith("[")
            ? tokens
            : IntStream.range(0, Integer.parseInt(tokens)).mapToObj(i -> "t" + i).toList() + "";
    int length = tokens.startsWith("[") ? 7 : 1;
    TrainedModel large =
        RandomModel.of(
            """
            environment: {type: autoregressive, tokens: %s, length: %d}
            reward: {type: table, file: scores.csv, object_column: object, score_column: score}
            policy: {%s, hidden_widths: [4], conditioning: {type: logit-scale, form: positive}}
            training: {beta: {type: uniform, low: 1.0, high: 3.0}}
            """
                .formatted(names, length, network),
            5);
    for (int version : new int[] {2, 3}) {
      Manifest.Builder manifest = Manifest.newBuilder().setFormatVersion(version);
      ManifestAssembly.derive(manifest, large.config(), large.environment(), large.network());
      assertThat(manifest.getExactProducts()).isEqualTo(exact && version == 3);
    }
  }

  @Test
  void namesEveryFieldThatDiffers() {
    Path folder = BundleFolder.writeUnchecked(model, directory.resolve("bundle")).directory();
    BundleFolder.edit(
        folder,
        manifest -> {
          manifest.getVocabularyBuilder().addTokens("N");
          manifest.getProvenanceBuilder().setSeed(-1);
        });
    Bundle bundle = Bundle.open(folder);
    assertThatThrownBy(() -> VerifiedManifest.of(bundle))
        .hasMessage(
            "manifest.json vocabulary.tokens: found 5 entries, expected 4, as its config says\n"
                + "manifest.json provenance.seed: found -1, expected 78, as its config says");
  }

  @Test
  void comparesTheOriginWithACheckpoint() {
    Checkpoint checkpoint =
        Checkpoint.load(CheckpointFolder.write(model, directory.resolve("run")));
    Path folder =
        BundleFolder.writeUnchecked(
                TrainedModel.of(checkpoint, Weights.LAST), directory.resolve("bundle"))
            .directory();
    VerifiedManifest.of(Bundle.open(folder)).requireOrigin(checkpoint);

    String config = checkpoint.configYaml() + "# another\n";
    BundleFolder.edit(
        folder,
        manifest ->
            manifest
                .setConfig(config)
                .getProvenanceBuilder()
                .setRound(7)
                .setConfigSha256(sha256(config))
                .setRewardSha256("cd".repeat(32)));
    VerifiedManifest edited = VerifiedManifest.of(Bundle.open(folder));
    String field = "manifest.json provenance.%s: found %s, expected %s, as the checkpoint says";
    assertThatThrownBy(() -> edited.requireOrigin(checkpoint))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            String.join(
                "\n",
                String.format(Locale.ROOT, field, "round", 7, 1_000),
                String.format(
                    Locale.ROOT,
                    field,
                    "configSha256",
                    quoted(sha256(config)),
                    quoted(sha256(checkpoint.configYaml()))),
                String.format(
                    Locale.ROOT,
                    field,
                    "rewardSha256",
                    quoted("cd".repeat(32)),
                    quoted("ab".repeat(32)))));
  }

  private static String sha256(String text) {
    return Checksum.sha256(ByteString.copyFromUtf8(text));
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  private static Arguments edit(Consumer<Manifest.Builder> edit, String fault) {
    return Arguments.of(edit, fault);
  }
}
