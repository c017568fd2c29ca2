package io.logitflow.exporter.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.exporter.benchmark.GpuReport.ModelOnGpu;
import io.logitflow.sampler.session.CudaProvider;
import io.logitflow.sampler.session.ExecutionProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What measures a GPU, on the CPU, and so against itself. */
class RolloutMeasurementTest {
  private static final String CPU = "CPUExecutionProvider";
  private static final BenchmarkModel MODEL = new BenchmarkModel(4, 4, 16);

  private final List<String> lines = new ArrayList<>();
  @TempDir private Path directory;

  @Test
  void measuresParityBitsPlacementAndRate() {
    ModelOnGpu measured = measurement(CPU).of(MODEL, 0, directory.resolve("bundle"));

    assertThat(measured.name()).isEqualTo("plain.v4l4");
    assertThat(measured.parity().passed()).isTrue();
    assertThat(measured.invariance().differingRows()).isEqualTo(Map.of(4, 0, 32, 0));
    assertThat(measured.placement().nodesByProvider()).containsOnlyKeys(CPU);
    assertThat(measured.rates())
        .extracting(BenchmarkEntry::name)
        .containsExactly("cuda.plain.v4l4.b8", "cuda.plain.v4l4.b16");
    assertThat(measured.rates())
        .allMatch(rate -> Double.isFinite(rate.value()) && rate.value() > 0 && rate.ratio() > 0);
    assertThat(lines).hasSize(5);
  }

  @Test
  void failsWhereANodeRunsElsewhere() {
    RolloutMeasurement elsewhere = measurement(GpuBenchmark.CUDA);

    assertThatThrownBy(() -> elsewhere.of(MODEL, 1 << 20, directory.resolve("bundle")))
        .isInstanceOf(LogitFlowException.class)
        .hasMessage("tabulated.v4l4 has nodes elsewhere than on CUDAExecutionProvider");
  }

  private RolloutMeasurement measurement(String placedOn) {
    return new RolloutMeasurement(
        ExecutionProvider.CPU,
        placedOn,
        new CudaProvider(0, 1, false).tileSizes(64),
        List.of(8, 16),
        Map.of("device", -1),
        1,
        lines::add);
  }
}
