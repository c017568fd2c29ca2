package io.logitflow.exporter.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.exporter.benchmark.GpuReport.ModelOnGpu;
import io.logitflow.exporter.parity.ParityReport;
import io.logitflow.sampler.session.CudaProvider;
import io.logitflow.sampler.session.ExecutionProvider;
import java.nio.file.Path;
import java.time.LocalDate;
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
    ModelOnGpu measured = measurement().of(MODEL, MODEL.export(directory.resolve("bundle"), 0));

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
  void refusesAReportOfARolloutThatIsNotTheTrainersOrRunsElsewhere() {
    ModelOnGpu right = measurement().of(MODEL, MODEL.export(directory.resolve("bundle"), 1 << 20));
    ParityReport differing = new ParityReport(false, List.of(1f), 4, 0, List.of());
    NodePlacement single = new NodePlacement(Map.of(GpuBenchmark.CUDA, 9, CPU, 1));
    ModelOnGpu wrong = new ModelOnGpu("other", differing, right.invariance(), single, List.of());

    assertThatCode(() -> report(right).require(CPU)).doesNotThrowAnyException();
    assertThatThrownBy(() -> report(right, wrong).require(GpuBenchmark.CUDA))
        .isInstanceOf(LogitFlowException.class)
        .hasMessage(
            "tabulated.v4l4 has nodes elsewhere than on CUDAExecutionProvider\n"
                + "other is not seen to be the trainer's: "
                + differing.summary()
                + "\nother has nodes elsewhere than on CUDAExecutionProvider");
  }

  private static GpuReport report(ModelOnGpu... models) {
    return new GpuReport(
        "A GPU", "555.1", "1.26.0", false, LocalDate.of(2026, 11, 27), List.of(models), List.of());
  }

  private RolloutMeasurement measurement() {
    return new RolloutMeasurement(
        ExecutionProvider.CPU,
        new CudaProvider(0, 1, false).tileSizes(64),
        List.of(8, 16, 1 << 28),
        Map.of("device", -1),
        1,
        lines::add);
  }
}
