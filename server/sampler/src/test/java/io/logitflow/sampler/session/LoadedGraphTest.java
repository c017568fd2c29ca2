package io.logitflow.sampler.session;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.logitflow.contract.Excerpt;
import org.junit.jupiter.api.Test;

final class LoadedGraphTest {
  private static final String SOURCES =
      "provider_options_utils.h:187 " + "std::conditional_t<THRW, void> ".repeat(20);

  @Test
  void passesOnWhatIsMissing() {
    assertThat(
            reason(
                "/src/provider_bridge_ort.cc:1962 onnxruntime::Provider& onnxruntime::Library::Get()"
                    + " [ONNXRuntimeError] : 1 : FAIL : Failed to load library libcuda.so"))
        .isEqualTo("Failed to load library libcuda.so");
  }

  @Test
  void findsWhatFailedBehindALongPlaceInTheSources() {
    assertThat(SOURCES).hasSizeGreaterThan(Excerpt.LONGEST);
    assertThat(
            reason(
                SOURCES
                    + "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime"
                    + " version ; GPU=-1 ; hostname=vm ; line=67\nmore"))
        .isEqualTo("CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version");
  }

  @Test
  void findsThatThereIsNoSuchDevice() {
    assertThat(
            reason(
                "provider_options_utils.h:187 Parse Failed to parse provider option \"device_id\":"
                    + " cuda_execution_provider_info.cc:68 operator() Invalid device ID: 7, must be"
                    + " between 0 (inclusive) and 1 (exclusive)."))
        .isEqualTo("Invalid device ID: 7, must be between 0 (inclusive) and 1 (exclusive)");
  }

  @Test
  void findsThatThereIsTooLittleMemory() {
    assertThat(
            reason(
                "Exception during initialization: /src/framework/bfc_arena.cc:358 void*"
                    + " onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Available memory"
                    + " of 0 is smaller than requested bytes of 2097152"))
        .isEqualTo("Available memory of 0 is smaller than requested bytes of 2097152");
  }

  @Test
  void leavesOtherMessagesAsTheyAre() {
    assertThat(reason("Load model failed")).isEqualTo("Load model failed");
    assertThat(reason("")).isEqualTo("no reason given");
  }

  private static String reason(String message) {
    return LoadedGraph.reason(new OrtException(message));
  }
}
