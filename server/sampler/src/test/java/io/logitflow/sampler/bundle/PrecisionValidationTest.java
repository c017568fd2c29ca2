package io.logitflow.sampler.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.v1.ReducedPrecision;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a manifest may say of precision; the golden bundle has 3 steps, β from 1 to 3. */
final class PrecisionValidationTest {
  private final Path directory;

  PrecisionValidationTest(@TempDir Path directory) {
    this.directory = directory;
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault(
            p -> p.setKind("fp64"),
            ".kind: found \"fp64\", expected \"fp16\" or \"int8\"\n"
                + "manifest.json precision.inputs: found 1 of them, expected none, since kind is fp64"),
        fault(p -> p.setFirstStep(0), ".firstStep: found 0, expected 1 to 2"),
        fault(p -> p.setFirstStep(3), ".firstStep: found 3, expected 1 to 2"),
        fault(p -> p.clearInputs(), ".inputs: found 0 of them, expected 1 to 1024"),
        fault(
            p -> p.setKind("fp16"), ".inputs: found 1 of them, expected none, since kind is fp16"),
        fault(
            p -> p.getInputsBuilder(0).setScale(Float.NaN),
            ".inputs[0].scale: found NaN, expected a finite number above 0"),
        fault(
            p -> p.getInputsBuilder(0).setZeroPoint(256),
            ".inputs[0].zeroPoint: found 256, expected 0 to 255"),
        fault(p -> p.clearDivergence(), ".divergence: found 0 of them, expected 1 to 16"),
        fault(
            p -> p.removeDivergence(1),
            ".divergence: found beta 1.0 to 1.0, expected 1.0 to 3.0, as trainedBeta"),
        fault(
            p -> p.getDivergenceBuilder(0).setKind("guess"),
            ".divergence[0].kind: found \"guess\", expected \"exact\" or \"estimate\"\nmanifest.json"
                + " precision.divergence[0].trajectories: found 0, expected at least 2"),
        fault(
            p -> p.getDivergenceBuilder(0).setTotalVariation(0.03),
            ".divergence[0].totalVariation: found 0.03, expected at least 0, and at most the bound,"
                + " 0.02"),
        fault(
            p -> p.getDivergenceBuilder(0).setTotalVariation(Double.NaN),
            ".divergence[0].totalVariation: found NaN, expected at least 0, and at most the bound,"
                + " 0.02"),
        fault(
            p -> p.getDivergenceBuilder(0).setStandardError(0.001),
            ".divergence[0].standardError: found 0.001, expected 0, since kind is exact"),
        fault(
            p -> p.getDivergenceBuilder(1).setStandardError(0.006),
            ".divergence[1].totalVariation: found 0.01 with standard error 0.006, expected at least"
                + " 0, and at most the bound, 0.02, less two standard errors"),
        fault(
            p -> p.getDivergenceBuilder(1).setTrajectories(1),
            ".divergence[1].trajectories: found 1, expected at least 2"),
        fault(p -> p.setBound(1.5), ".bound: found 1.5, expected above 0, at most 1"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void refusesWhatIsOutOfRange(Consumer<ReducedPrecision.Builder> fault, String message) {
    GoldenBundle.copyTo(directory);
    GoldenBundle.rewrite(
        directory,
        manifest -> {
          GoldenBundle.withBytes(manifest);
          fault.accept(manifest.getPrecisionBuilder());
          return manifest;
        });
    assertThatThrownBy(() -> Bundle.open(directory))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("manifest.json precision" + message);
  }

  @Test
  void takesOneThatIsInRange() {
    GoldenBundle.copyTo(directory);
    GoldenBundle.rewrite(directory, GoldenBundle::withBytes);
    assertThat(Bundle.open(directory).manifest().getPrecision().getKind()).isEqualTo("int8");
  }

  @Test
  void belongsToVersion3() {
    GoldenBundle.copyVersionTo(2, directory);
    GoldenBundle.rewrite(directory, GoldenBundle::withBytes);
    assertThatThrownBy(() -> Bundle.open(directory))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "manifest.json precision: found one, expected nothing, since formatVersion is 2");
  }

  private static Arguments fault(Consumer<ReducedPrecision.Builder> fault, String message) {
    return arguments(fault, message);
  }
}
