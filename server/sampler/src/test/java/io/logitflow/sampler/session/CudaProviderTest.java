package io.logitflow.sampler.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.GoldenBundle;
import io.logitflow.sampler.batching.SamplerOptions;
import io.logitflow.sampler.bundle.Bundle;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CudaProviderTest {
  @TempDir private Path directory;

  @Test
  void isRefusedByABuildWithoutItAndNothingTakesItsPlace() {
    Assumptions.assumeFalse(
        OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA),
        "built with the profile cuda");
    Bundle bundle = GoldenBundle.open(directory);

    assertThatThrownBy(
            () -> RolloutSession.open(bundle, new CudaProvider(0, Long.MAX_VALUE, false)).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "provider: found cuda, which this build is without, expected cpu, or a build with the"
                + " Maven profile cuda (mvn -q -B -DskipTests -Pcuda package)");
  }

  @Test
  void refusesBundlesThatMultiplyBytes() {
    GoldenBundle.copyTo(directory);
    GoldenBundle.rewrite(directory, GoldenBundle::withBytes);
    Bundle bundle = Bundle.open(directory);
    assertThatThrownBy(
            () -> RolloutSession.open(bundle, new CudaProvider(0, Long.MAX_VALUE, false)).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "provider: found cuda for a bundle of precision int8, expected cpu, or a bundle of"
                + " precision fp16 or fp32");
  }

  @Test
  void refusesToRoundTheNumbersOfTables() {
    assertRefusedWithTf32(
        GoldenBundle.open(directory), "cuda without TF32, or a bundle without tables");
  }

  @Test
  void refusesToRoundWhatAnOlderBundleDoesNotTellOf(@TempDir Path earlier) {
    GoldenBundle.copyVersionTo(2, earlier);
    assertThatThrownBy(
            () -> RolloutSession.open(Bundle.open(earlier), new CudaProvider(0, 1, true)).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith("that it would round, expected cuda without TF32");
  }

  @Test
  void measuresItsSizesAndHasTilesOfItsOwn() {
    CudaProvider gpu = new CudaProvider(0, 1, false);
    assertThat(gpu.sizesAgree()).isFalse();
    assertThat(SamplerOptions.defaults().on(gpu).tileRows()).isEqualTo(4_096);
    assertThat(SamplerOptions.defaults().tileRows()).isEqualTo(256);
  }

  @Test
  void refusesToRoundNumbersThatProductsCarry(@TempDir Path declaring) {
    GoldenBundle.copyTo(declaring);
    GoldenBundle.rewrite(declaring, manifest -> manifest.setExactProducts(true));
    assertRefusedWithTf32(Bundle.open(declaring), "cuda without TF32");
  }

  private static void assertRefusedWithTf32(Bundle bundle, String expected) {
    assertThatThrownBy(
            () -> RolloutSession.open(bundle, new CudaProvider(0, Long.MAX_VALUE, true)).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "provider: found cuda with TF32 for a bundle whose products carry whole numbers that"
                + " it would round, expected "
                + expected);
  }

  @Test
  void namesAllThatIsWrongWithItsOptions() {
    assertThatThrownBy(() -> new CudaProvider(-1, 0, false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "device: found -1, expected at least 0\n"
                + "memory limit: found 0, expected at least 1 byte");
  }
}
