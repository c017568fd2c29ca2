package io.logitflow.sampler.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.GoldenBundle;
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
  void namesAllThatIsWrongWithItsOptions() {
    assertThatThrownBy(() -> new CudaProvider(-1, 0, false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "device: found -1, expected at least 0\n"
                + "memory limit: found 0, expected at least 1 byte");
  }

  @Test
  void passesOnWhatIsMissing() {
    assertThat(
            CudaProvider.essence(
                "Error code - ORT_FAIL - message: /src/provider_bridge_ort.cc:1962"
                    + " onnxruntime::Provider& onnxruntime::ProviderLibrary::Get()"
                    + " [ONNXRuntimeError] : 1 : FAIL : Failed to load library libcuda.so"))
        .isEqualTo("Failed to load library libcuda.so");
    assertThat(
            CudaProvider.essence(
                "Error code - ORT_FAIL - message: provider_options_utils.h:187 Parse Failed to"
                    + " parse provider option \"device_id\": CUDA failure 35: CUDA driver version is"
                    + " insufficient for CUDA runtime version ; GPU=-1 ; hostname=vm ; line=67"))
        .isEqualTo("CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version");
  }
}
