package io.logitflow.sampler.bundle;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.v1.ConstraintKind;
import io.logitflow.v1.Graph;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.SupportedConstraint;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a manifest may say of decoding; the golden bundle's has 8 actions, 3 steps, 4 tokens. */
final class DecodingValidationTest {
  private final Path directory;

  DecodingValidationTest(@TempDir Path directory) {
    this.directory = directory;
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault(
            Manifest.Builder::clearDecoding,
            "decoding: found nothing, expected one, since there is a graph of role DECODING"),
        fault(
            manifest -> {
              GoldenBundle.withoutDecoding(manifest);
              manifest.getDecodingBuilder();
              return manifest;
            },
            "decoding: found one, expected nothing, since there is no graph of role DECODING"),
        fault(
            manifest -> with(manifest, m -> m.getDecodingBuilder().addActionTokens(0)),
            "decoding.actionTokens: found 9 entries, expected 8"),
        fault(
            manifest -> with(manifest, m -> m.getDecodingBuilder().setActionTokens(3, 4)),
            "decoding.actionTokens[3]: found 4, expected -1 to 3"),
        fault(
            manifest -> with(manifest, m -> m.getDecodingBuilder().addActionPositions(0)),
            "decoding.actionPositions: found 1 entries, expected 8"),
        fault(
            manifest ->
                with(manifest, m -> m.getDecodingBuilder().addAllStepPositions(List.of(0, 1, 3))),
            "decoding.stepPositions[2]: found 3, expected 0 to 2"),
        fault(
            manifest -> with(manifest, m -> m.getDecodingBuilder().addStopActions(8)),
            "decoding.stopActions[0]: found 8, expected 0 to 7"),
        fault(
            manifest -> with(manifest, m -> m.getDecodingBuilder().setMinimumLength(4)),
            "decoding.minimumLength: found 4, expected 1 to 3"),
        fault(
            manifest -> supporting(manifest, ConstraintKind.PREFIX),
            "decoding.constraints[2].kind: found PREFIX, expected a kind that needs no positions,"
                + " since there are none"),
        fault(
            manifest -> supporting(manifest, ConstraintKind.LENGTH),
            "decoding.constraints[2].kind: found LENGTH, expected a kind that needs no stop, since"
                + " no action is one"),
        fault(
            manifest -> supporting(manifest, ConstraintKind.FORBIDDEN_TOKENS),
            "decoding.constraints[2].kind: found FORBIDDEN_TOKENS, expected each kind once"),
        fault(
            manifest -> supporting(manifest, ConstraintKind.CONSTRAINT_KIND_UNSPECIFIED),
            "decoding.constraints[2].kind: found CONSTRAINT_KIND_UNSPECIFIED, expected a kind that"
                + " this release knows"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void refusesWhatDoesNotFitTheModel(UnaryOperator<Manifest.Builder> fault, String message) {
    GoldenBundle.copyTo(directory);
    GoldenBundle.rewrite(directory, fault);
    assertThatThrownBy(() -> Bundle.open(directory))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("manifest.json " + message);
  }

  @Test
  void anEarlierVersionHasNoSuchGraph() {
    GoldenBundle.copyTo(directory);
    GoldenBundle.rewrite(
        directory,
        manifest -> {
          manifest.getEnvironmentBuilder().clearMinimumLength();
          List<Graph> unscored =
              manifest.getGraphsList().stream()
                  .filter(graph -> graph.getRole() != Role.SCORE)
                  .toList();
          return manifest
              .setFormatVersion(2)
              .clearRollout()
              .clearScoring()
              .clearGraphs()
              .addAllGraphs(unscored);
        });
    assertThatThrownBy(() -> Bundle.open(directory))
        .hasMessageContaining(
            "manifest.json graphs: found a graph of role DECODING, expected none, since"
                + " formatVersion is 2");
  }

  private static Arguments fault(UnaryOperator<Manifest.Builder> fault, String message) {
    return arguments(fault, message);
  }

  private static Manifest.Builder with(
      Manifest.Builder manifest, Consumer<Manifest.Builder> change) {
    change.accept(manifest);
    return manifest;
  }

  private static Manifest.Builder supporting(Manifest.Builder manifest, ConstraintKind kind) {
    manifest.getDecodingBuilder().addConstraints(SupportedConstraint.newBuilder().setKind(kind));
    return manifest;
  }
}
