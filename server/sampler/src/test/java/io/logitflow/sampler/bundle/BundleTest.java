package io.logitflow.sampler.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.TensorSignature.ElementType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BundleTest {
  private final Path directory;

  BundleTest(@TempDir Path directory) {
    this.directory = GoldenBundle.copyTo(directory);
  }

  @Test
  void opensTheGoldenBundle() {
    Bundle bundle = Bundle.open(directory);

    assertThat(bundle.manifest().getEnvironment().getType()).isEqualTo("prepend-append");
    assertThat(bundle.rowWidth()).isEqualTo(3);
    assertThat(bundle.steps()).isEqualTo(3);
    assertThat(bundle.vocabulary().size()).isEqualTo(4);
    assertThat(bundle.path(Role.ROLLOUT)).isEqualTo(directory.resolve("rollout.onnx"));
  }

  @Test
  void opensTheGoldenBundleOfTheFirstVersion() {
    Bundle bundle = Bundle.open(GoldenBundle.copyVersionTo(1, directory));

    assertThat(bundle.manifest().getFormatVersion()).isEqualTo(1);
    assertThat(bundle.manifest().getBackward()).isEmpty();
    assertThat(bundle.path(Role.SCALE)).isEqualTo(directory.resolve("scale.onnx"));
    assertThat(bundle.answers(7)).isTrue();
  }

  @Test
  void refusesFieldsThatTheFirstVersionDoesNotHave() {
    GoldenBundle.copyVersionTo(1, directory);
    GoldenBundle.rewrite(
        directory,
        manifest -> {
          manifest.setBackward("learned").getEnvironmentBuilder().setBackwardActionCount(2);
          manifest.getConditioningBuilder().setType("none");
          return manifest;
        });
    assertRefused(
        directory,
        """
        manifest.json conditioning.type: found "none", expected "logit-scale"
        manifest.json trainedBeta: found 1.0 to 3.0, expected one inverse temperature, since the conditioning is none
        manifest.json backward: found "learned", expected ""
        manifest.json environment.backwardActionCount: found 2, expected nothing, since formatVersion is 1
        manifest.json graphs: found a graph of role SCALE, expected none, since the conditioning is none""");
  }

  @Test
  void opensTheGoldenBundleOfTheSecondVersion() {
    Bundle bundle = Bundle.open(GoldenBundle.copyVersionTo(2, directory));

    assertThat(bundle.manifest().getFormatVersion()).isEqualTo(2);
    assertThat(bundle.manifest().hasRollout()).isFalse();
  }

  @Test
  void refusesFieldsThatTheSecondVersionDoesNotHave() {
    GoldenBundle.copyVersionTo(2, directory);
    GoldenBundle.rewrite(
        directory,
        manifest -> {
          manifest.getRolloutBuilder().setForm("unrolled");
          return manifest;
        });
    assertRefused(
        directory, "manifest.json rollout: found one, expected nothing, since formatVersion is 2");
    GoldenBundle.rewrite(directory, manifest -> manifest.clearRollout().setExactProducts(true));
    assertRefused(
        directory,
        "manifest.json exactProducts: found true, expected nothing, since formatVersion is 2");
  }

  @Test
  void answersItsOwnBetaAloneIfItIsNotConditioned() {
    Bundle bundle = GoldenBundle.openUnconditioned(directory, 1.5f);

    assertThat(bundle.answers(1.5f)).isTrue();
    assertThat(bundle.answers(Math.nextUp(1.5f))).isFalse();
    assertThatThrownBy(() -> bundle.graph(Role.SCALE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no graph of role SCALE");
  }

  @Test
  void knowsTheTrainedRange() {
    Bundle bundle = Bundle.open(directory);
    float low = bundle.manifest().getTrainedBeta().getLow();
    float high = bundle.manifest().getTrainedBeta().getHigh();

    assertThat(bundle.extrapolates(low)).isFalse();
    assertThat(bundle.extrapolates(high)).isFalse();
    assertThat(bundle.extrapolates(Math.nextDown(low))).isTrue();
    assertThat(bundle.extrapolates(Math.nextUp(high))).isTrue();
  }

  @Test
  void refusesWhatIsNoDirectory() {
    assertRefused(
        directory.resolve("gone"),
        directory.resolve("gone") + ": found nothing of that name, expected a bundle's directory");
    assertRefused(
        directory.resolve("scale.onnx"),
        directory.resolve("scale.onnx") + ": found a file, expected a bundle's directory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"policy.onnx", "scale.onnx", "log_partition.onnx", "rollout.onnx", "parity.json"})
  void refusesAMissingATruncatedAndAnAlteredFile(String name) throws IOException {
    Path file = directory.resolve(name);
    byte[] content = Files.readAllBytes(file);

    Files.write(file, Arrays.copyOf(content, content.length - 1));
    assertRefused(
        directory,
        "%s: found %d bytes, expected %d, as the manifest says"
            .formatted(file, content.length - 1, content.length));

    byte[] flipped = content.clone();
    flipped[content.length / 2] ^= 1;
    Files.write(file, flipped);
    assertThatThrownBy(() -> Bundle.open(directory))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageMatching(
            Pattern.quote(file.toString())
                + ": found SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}, as the manifest says");

    Files.delete(file);
    assertRefused(directory, file + ": found no such file, expected a file of the bundle");
  }

  @Test
  void refusesAMissingManifest() throws IOException {
    Path manifest = directory.resolve("manifest.json");
    Files.delete(manifest);
    assertRefused(directory, manifest + ": found no such file, expected a bundle's manifest");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"formatVersion\": 1, \"grafs\": []}", "\0\0"})
  void refusesAManifestThatIsNone(String text) throws IOException {
    Path manifest = directory.resolve("manifest.json");
    Files.writeString(manifest, text);
    assertThatThrownBy(() -> Bundle.open(directory))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(manifest + (text.isEmpty() ? "" : ": found "))
        .message()
        .doesNotContain("\n", "Exception", "com.google");
  }

  @Test
  void refusesAManifestThatIsNoText() throws IOException {
    Path manifest = directory.resolve("manifest.json");
    Files.write(manifest, new byte[] {(byte) 0xff});
    assertRefused(directory, manifest + ": found bytes that are no UTF-8, expected text in UTF-8");
  }

  @Test
  void refusesAManifestWithAValueOfAnotherKind() throws IOException {
    Path manifest = directory.resolve("manifest.json");
    Files.writeString(manifest, "{\"formatVersion\": \"x\"}");
    assertRefused(
        directory,
        manifest
            + ": found text that is no manifest (Not an int32 value: \"x\"), expected a manifest in"
            + " protobuf's JSON form");
  }

  @Test
  void refusesATruncatedManifest() throws IOException {
    Path manifest = directory.resolve("manifest.json");
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.substring(0, text.length() / 2));
    assertThatThrownBy(() -> Bundle.open(directory))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(manifest + ": found text that is no manifest (")
        .hasMessageMatching(
            "(?s).* at line \\d+ column \\d+ .*\\), expected a manifest in protobuf's JSON form");
  }

  @Test
  void refusesAFutureVersionWhateverElseItHolds() throws IOException {
    Path manifest = directory.resolve("manifest.json");
    Files.writeString(manifest, "{\"formatVersion\": 4, \"somethingNew\": {\"a\": 1}}");
    assertRefused(
        directory,
        manifest
            + " formatVersion: found 4, expected 1 to 3, the versions that this release reads");
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault(
            m -> edit(m, b -> b.getTrainedBetaBuilder().setLow(0)),
            "trainedBeta.low: found 0.0, expected a finite number above 0"),
        fault(
            m -> edit(m, b -> b.getTrainedBetaBuilder().setLow(5).setHigh(2)),
            "trainedBeta.high: found 2.0, expected at least trainedBeta.low, 5.0"),
        fault(
            m -> edit(m, b -> b.getVocabularyBuilder().setTokens(1, "A")),
            "vocabulary.tokens[1]: found A, expected a name that is not taken"),
        fault(
            m -> edit(m, b -> b.getVocabularyBuilder().setTokens(0, "Al\nFe")),
            "vocabulary.tokens[0]: found Al?Fe, expected one character, since the separator is"
                + " empty"),
        fault(
            m -> edit(m, b -> b.getVocabularyBuilder().setTokens(2, "")),
            "vocabulary.tokens[2]: found an empty name, expected a name of at least one character"),
        fault(
            m -> edit(m, b -> b.getEnvironmentBuilder().setActionCount(0)),
            "environment.actionCount: found 0, expected at least 1"),
        fault(
            m -> edit(m, b -> b.getConditioningBuilder().setHeads(-1)),
            "conditioning.heads: found -1, expected at least 1"),
        fault(
            m -> edit(m, b -> b.getConditioningBuilder().setType("film")),
            "conditioning.type: found \"film\", expected \"none\" or \"layer\" or"
                + " \"logit-scale\" or \"logit-scale+layer\""),
        fault(
            m -> edit(m, b -> b.getConditioningBuilder().setType("logit-scale+layer")),
            "conditioning.encoding: found nothing, expected one, since the conditioning is"
                + " logit-scale+layer"),
        fault(
            m -> edit(m, b -> b.getConditioningBuilder().getEncodingBuilder().setType("raw")),
            "conditioning.encoding: found one, expected nothing, since the conditioning is"
                + " logit-scale"),
        fault(
            m -> edit(m, b -> b.getConditioningBuilder().setType("none")),
            "trainedBeta: found 1.0 to 3.0, expected one inverse temperature, since the"
                + " conditioning is none"),
        fault(
            m -> edit(m, b -> b.getConditioningBuilder().setType("none")),
            "graphs: found a graph of role SCALE, expected none, since the conditioning is none"),
        fault(
            m -> m.setBackward("maximum-entropy"),
            "backward: found \"maximum-entropy\", expected \"uniform\" or \"learned\""),
        fault(
            m -> edit(m, b -> b.getEnvironmentBuilder().setBackwardActionCount(0)),
            "environment.backwardActionCount: found 0, expected at least 1"),
        fault(
            m -> edit(m, b -> b.getLogRewardBuilder().setScale(Double.POSITIVE_INFINITY)),
            "logReward.scale: found Infinity, expected a finite number above 0"),
        fault(
            m -> edit(m, b -> b.getGraphsBuilder(0).getFileBuilder().setName("../policy.onnx")),
            "graphs[0].file.name: found \"../policy.onnx\", expected a plain file name of letters,"
                + " digits, '.', '_' and '-'"),
        fault(
            m -> edit(m, b -> b.getReportsBuilder(0).setName("/parity.json")),
            "reports[0].name: found \"/parity.json\", expected a plain file name of letters,"
                + " digits, '.', '_' and '-'"),
        fault(
            m -> edit(m, b -> b.setConfig("abc").getProvenanceBuilder().setConfigSha256("0")),
            "provenance.configSha256: found \"0\", expected"
                + " ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad,"
                + " the SHA-256 of config"),
        fault(
            m -> edit(m, b -> b.getReportsBuilder(0).setSha256("AB")),
            "reports[0].sha256: found \"AB\", expected 64 lower-case hexadecimal digits"),
        fault(m -> m.removeGraphs(3), "graphs: found no graph of role ROLLOUT, expected one"),
        fault(
            m -> m.removeGraphs(1),
            "graphs: found no graph of role SCALE, expected one, since the conditioning is"
                + " logit-scale"),
        fault(
            m -> edit(m, b -> b.getGraphsBuilder(1).setRoleValue(0)),
            "graphs[1].role: found ROLE_UNSPECIFIED, expected POLICY, SCALE, LOG_PARTITION,"
                + " ROLLOUT, SCORE or DECODING"),
        fault(
            m ->
                edit(
                    m,
                    b ->
                        b.addGraphs(b.getGraphs(0).toBuilder())
                            .getGraphsBuilder(b.getGraphsCount() - 1)
                            .getFileBuilder()
                            .setName("again.onnx")),
            "graphs[6].role: found POLICY, expected one graph of each role"),
        fault(
            m -> edit(m, b -> b.getRolloutBuilder().getTabulationBuilder().setSteps(4)),
            "rollout.tabulation.steps: found 4, expected 1 to 3"),
        fault(
            m -> m.clearScoring(),
            "graphs: found a graph of role SCORE, expected none, since there is no scoring"),
        fault(
            m -> m.removeGraphs(4),
            "graphs: found no graph of role SCORE, expected one, since there is a scoring"),
        fault(
            m -> edit(m, b -> b.getScoringBuilder().setKind("guess")),
            "scoring.kind: found \"guess\", expected \"exact\" or \"estimate\""),
        fault(
            m -> edit(m, b -> b.getEnvironmentBuilder().setMinimumLength(4)),
            "environment.minimumLength: found 4, expected 1 to 3"),
        fault(
            m -> m.setFormatVersion(2),
            "scoring: found one, expected nothing, since formatVersion is 2"),
        fault(
            m -> m.setFormatVersion(2),
            "environment.minimumLength: found 3, expected nothing, since formatVersion is 2"),
        fault(
            m -> edit(m, b -> b.getGraphsBuilder(3).getInputsBuilder(2).setShape(1, 4)),
            "rollout graph's inputs: found beta FLOAT32 [G], beta_index INT32 [B], uniform FLOAT32"
                + " [B, 4], expected beta FLOAT32 [G], beta_index INT32 [B], uniform FLOAT32 [B,"
                + " 3]"),
        fault(
            m -> edit(m, b -> b.getGraphsBuilder(3).removeOutputs(4)),
            "rollout graph's outputs: found tokens UINT8 [B, 3], length INT32 [B], log_pf FLOAT32"
                + " [B], log_pb FLOAT32 [B], expected tokens UINT8 [B, 3], length INT32 [B],"
                + " log_pf FLOAT32 [B], log_pb FLOAT32 [B], log_z FLOAT32 [B]"));
  }

  static Stream<Arguments> signatureFaults() {
    return Stream.of(
        fault(
            m -> edit(m, b -> b.getGraphsBuilder(0).getInputsBuilder(0).setShape(1, 13)),
            "policy graph's inputs: found features FLOAT32 [B, 13], expected features FLOAT32"
                + " [B, 12]"),
        fault(
            m ->
                edit(
                    m,
                    b ->
                        b.getConditioningBuilder()
                            .setType("logit-scale+layer")
                            .getEncodingBuilder()
                            .setType("raw")),
            "policy graph's inputs: found features FLOAT32 [B, 12], expected features FLOAT32"
                + " [B, 12], beta FLOAT32 [B, 1]"),
        fault(
            m -> m.setBackward("learned"),
            "policy graph's outputs: found forward_logits FLOAT32 [B, 1, 8], expected"
                + " forward_logits FLOAT32 [B, 1, 8], backward_logits FLOAT32 [B, 1, 2]"),
        fault(
            m -> m.setBackward("learned"),
            "scale graph's outputs: found forward_scale FLOAT32 [B, 1], expected forward_scale"
                + " FLOAT32 [B, 1], backward_scale FLOAT32 [B, 1]"),
        fault(
            m -> edit(m, b -> b.getGraphsBuilder(0).getOutputsBuilder(0).setShape(2, 7)),
            "policy graph's outputs: found forward_logits FLOAT32 [B, 1, 7], expected"
                + " forward_logits FLOAT32 [B, 1, 8]"),
        fault(
            m -> edit(m, b -> b.getGraphsBuilder(1).getInputsBuilder(0).setName("features")),
            "scale graph's inputs: found features FLOAT32 [B, 1], expected beta FLOAT32 [B, 1]"),
        fault(
            m -> edit(m, b -> b.getGraphsBuilder(1).getOutputsBuilder(0).setShape(1, 2)),
            "scale graph's outputs: found forward_scale FLOAT32 [B, 2], expected forward_scale"
                + " FLOAT32 [B, 1]"),
        fault(
            m -> edit(m, b -> b.getGraphsBuilder(2).clearInputs()),
            "log_partition graph's inputs: found none, expected beta FLOAT32 [B, 1]"),
        fault(
            m -> edit(m, b -> b.getScoringBuilder().setKind("estimate")),
            "score graph's inputs: found tokens UINT8 [B, 3], length INT32 [B], beta FLOAT32 [B],"
                + " expected tokens UINT8 [B, 3], length INT32 [B], beta FLOAT32 [B], uniform"
                + " FLOAT32 [B, 3]"),
        fault(
            m -> edit(m, b -> b.getScoringBuilder().setKind("estimate")),
            "score graph's outputs: found log_p FLOAT32 [B], expected log_pf FLOAT32 [B], log_pb"
                + " FLOAT32 [B]"),
        fault(
            m ->
                edit(
                    m,
                    b ->
                        b.getGraphsBuilder(2)
                            .getOutputsBuilder(0)
                            .setElementType(ElementType.INT32)),
            "log_partition graph's outputs: found log_partition INT32 [B, 1], expected"
                + " log_partition FLOAT32 [B, 1]"));
  }

  @ParameterizedTest
  @MethodSource({"faults", "signatureFaults"})
  void refusesAFaultyField(UnaryOperator<Manifest.Builder> change, String expected) {
    GoldenBundle.rewrite(directory, change);
    assertThatThrownBy(() -> Bundle.open(directory))
        .isInstanceOf(InvalidInputException.class)
        .satisfies(
            thrown ->
                assertThat(String.valueOf(thrown.getMessage()).lines())
                    .contains("manifest.json " + expected));
  }

  @Test
  void reportsAllFaultsAtOnce() {
    GoldenBundle.rewrite(
        directory,
        manifest -> {
          manifest.getTrainedBetaBuilder().setLow(-1);
          manifest.getEnvironmentBuilder().setFeatureCount(0);
          return manifest;
        });
    assertRefused(
        directory,
        """
        manifest.json environment.featureCount: found 0, expected at least 1
        manifest.json trainedBeta.low: found -1.0, expected a finite number above 0""");
  }

  @Test
  void refusesAFileThatIsNoModel() throws IOException {
    Path rollout = directory.resolve(BundleFormat.ROLLOUT_FILE);
    for (byte[] content : corrupted(Files.readAllBytes(rollout))) {
      Files.write(rollout, content);
      GoldenBundle.seal(directory);

      assertThatThrownBy(() -> Bundle.open(directory))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(rollout.toString())
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void refusesAGraphWithAnotherSignature() throws IOException {
    Path rollout = directory.resolve(BundleFormat.ROLLOUT_FILE);
    Files.copy(
        directory.resolve(BundleFormat.SCALE_FILE), rollout, StandardCopyOption.REPLACE_EXISTING);
    GoldenBundle.seal(directory);

    assertThatThrownBy(() -> Bundle.open(directory))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            rollout
                + " inputs: found beta FLOAT32[*, 1],"
                + " expected beta FLOAT32[G], beta_index INT32[*], uniform FLOAT32[*, 3], as the manifest"
                + " says");
  }

  private static List<byte[]> corrupted(byte[] model) {
    byte[] garbled = model.clone();
    Arrays.fill(garbled, 0, model.length / 3, (byte) 0xFF);
    return List.of(
        new byte[0],
        "no model".getBytes(StandardCharsets.UTF_8),
        garbled,
        Arrays.copyOf(model, model.length / 2));
  }

  @Test
  void listsTheFirstFaultyNamesAlone() {
    GoldenBundle.rewrite(
        directory,
        manifest -> {
          for (int i = 0; i < 1_000; i++) {
            manifest.getVocabularyBuilder().addTokens("");
          }
          return manifest;
        });
    assertThatThrownBy(() -> Bundle.open(directory))
        .isInstanceOf(InvalidInputException.class)
        .satisfies(
            thrown ->
                assertThat(String.valueOf(thrown.getMessage()).lines().count()).isLessThan(20));
  }

  @Test
  void refusesASymbolicLinkAndADirectoryInPlaceOfAFile() throws IOException {
    for (String name : new String[] {"rollout.onnx", "parity.json"}) {
      Path file = directory.resolve(name);
      Path target = Files.move(file, directory.resolve("elsewhere"));
      Files.createSymbolicLink(file, target);
      assertRefused(directory, file + ": found a symbolic link, expected a file of the bundle");

      Files.delete(file);
      Files.createDirectory(file);
      assertRefused(directory, file + ": found no regular file, expected a file of the bundle");
      Files.delete(file);
      Files.move(target, file);
    }
    Path manifest = directory.resolve("manifest.json");
    Files.createSymbolicLink(manifest, Files.move(manifest, directory.resolve("elsewhere")));
    assertRefused(directory, manifest + ": found a symbolic link, expected a bundle's manifest");
  }

  @Test
  void refusesAManifestAndAReportThatAreTooLong() throws IOException {
    Path report = directory.resolve("parity.json");
    Files.write(report, new byte[(16 << 20) + 1]);
    GoldenBundle.rewrite(
        directory,
        manifest -> {
          manifest.getReportsBuilder(0).setSize((16 << 20) + 1);
          return manifest;
        });
    assertRefused(directory, report + ": found 16777217 bytes, expected at most 16777216");

    Path manifest = directory.resolve("manifest.json");
    Files.write(manifest, new byte[(4 << 20) + 1]);
    assertRefused(directory, manifest + ": found 4194305 bytes, expected at most 4194304");
  }

  @Test
  void refusesMoreEntriesThanThereCanBeWithoutAFaultForEach() {
    GoldenBundle.rewrite(
        directory,
        manifest -> {
          for (int entry = 0; entry < 100_000; entry++) {
            manifest.addGraphsBuilder();
            manifest.addReportsBuilder();
            manifest.getVocabularyBuilder().addTokens("A");
          }
          return manifest;
        });
    assertRefused(
        directory,
        """
        manifest.json graphs: found 100006 of them, expected at most 8
        manifest.json reports: found 100001 of them, expected at most 16
        manifest.json vocabulary.tokens: found 100004 of them, expected at most 32768""");
  }

  @Test
  void refusesGraphsThatChangedPlaces() {
    GoldenBundle.rewrite(
        directory,
        manifest -> {
          manifest.getGraphsBuilder(0).setRole(Role.SCALE);
          manifest.getGraphsBuilder(1).setRole(Role.POLICY);
          return manifest;
        });
    assertRefused(
        directory,
        """
        manifest.json scale graph's inputs: found features FLOAT32 [B, 12], expected beta FLOAT32 [B, 1]
        manifest.json scale graph's outputs: found forward_logits FLOAT32 [B, 1, 8], expected forward_scale FLOAT32 [B, 1]
        manifest.json policy graph's inputs: found beta FLOAT32 [B, 1], expected features FLOAT32 [B, 12]
        manifest.json policy graph's outputs: found forward_scale FLOAT32 [B, 1], expected forward_logits FLOAT32 [B, 1, 8]""");
  }

  private static Arguments fault(UnaryOperator<Manifest.Builder> change, String expected) {
    return Arguments.of(change, expected);
  }

  private static Manifest.Builder edit(
      Manifest.Builder manifest, Consumer<Manifest.Builder> change) {
    change.accept(manifest);
    return manifest;
  }

  private static void assertRefused(Path bundle, String message) {
    assertThatThrownBy(() -> Bundle.open(bundle))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }
}
