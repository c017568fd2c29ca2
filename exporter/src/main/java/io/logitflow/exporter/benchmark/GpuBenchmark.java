package io.logitflow.exporter.benchmark;

import ai.onnxruntime.OrtEnvironment;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.StagedOutput;
import io.logitflow.exporter.benchmark.GpuReport.ModelOnGpu;
import io.logitflow.exporter.bundle.BundlePrecision;
import io.logitflow.exporter.bundle.BundleWriter;
import io.logitflow.exporter.lowering.Precision;
import io.logitflow.exporter.parity.PrecisionGate;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.session.CudaProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Rollouts on a GPU: parity with the CPU, bits over the sizes of tiles, placement of every node,
 * rate beside one thread of the CPU.
 */
public final class GpuBenchmark {
  /** What ONNX Runtime calls the provider in its profiles. */
  static final String CUDA = "CUDAExecutionProvider";

  private static final int LARGEST_TILE = 65_536;
  private static final List<Integer> TILES = List.of(4, 256, 1_024, 4_096, 16_384, LARGEST_TILE);
  private static final BenchmarkModel DNA = new BenchmarkModel(4, 8, 256);
  private static final BenchmarkModel RNA = new BenchmarkModel(4, 14, 256);
  private static final BenchmarkModel BLOCKS = new BenchmarkModel(18, 6, 1_024);

  private static final BundlePrecision HALF = new PrecisionGate(Precision.FP16, 1);

  private final CudaProvider provider;
  private final long milliseconds;
  private final Consumer<String> lines;

  /**
   * Prepares the benchmark.
   *
   * @param provider the GPU
   * @param milliseconds of an iteration, of which each rate takes nine
   * @param lines is told each finding as soon as it is there
   */
  public GpuBenchmark(CudaProvider provider, long milliseconds, Consumer<String> lines) {
    this.provider = provider;
    this.milliseconds = milliseconds;
    this.lines = lines;
  }

  /**
   * Measures everything.
   *
   * @throws LogitFlowException if the GPU is not there, a rollout is not equal to the trainer on it
   *     or a node runs elsewhere
   */
  public GpuReport run() {
    Path directory = temporary();
    try {
      RolloutMeasurement measurement =
          new RolloutMeasurement(
              provider,
              provider.tileSizes(LARGEST_TILE),
              TILES,
              Map.of(
                  "device", provider.device(),
                  "memoryLimit", provider.memoryLimitBytes(),
                  "tf32", provider.tf32()),
              milliseconds,
              lines);
      List<ModelOnGpu> models = new ArrayList<>();
      List<MeasuredForm> forms =
          MeasuredForm.all(
              (form, model, bundle) -> {
                if (runs(bundle)) {
                  models.add(measurement.findings(form.name(), model, bundle));
                }
              });
      long tables = BundleWriter.TABLE_BUDGET;
      models.add(measurement.of(DNA, DNA.export(directory.resolve("plain"), 0)));
      if (!provider.tf32()) {
        models.add(measurement.of(DNA, DNA.export(directory.resolve("edges"), tables)));
        models.add(measurement.of(RNA, RNA.export(directory.resolve("states"), tables)));
      }
      models.add(measurement.of(BLOCKS, BLOCKS.export(directory.resolve("wide"), 0)));
      models.add(measurement.of(BLOCKS, BLOCKS.export(directory.resolve("half"), 0, HALF)));
      GpuReport report =
          new GpuReport(
              ofDriver("name"),
              ofDriver("driver_version"),
              OrtEnvironment.getEnvironment().getVersion(),
              provider.tf32(),
              LocalDate.now(ZoneOffset.UTC),
              models,
              forms);
      report.require(CUDA);
      return report;
    } finally {
      StagedOutput.deleteTree(directory);
    }
  }

  /** TF32 is refused where it would round whole numbers. */
  private boolean runs(Bundle bundle) {
    return !provider.tf32() || !BundleFormat.needsExactProducts(bundle.manifest());
  }

  /** Asks the program that comes with the driver, since ONNX Runtime does not tell. */
  private String ofDriver(String property) {
    ProcessBuilder query =
        new ProcessBuilder(
                "nvidia-smi",
                "--query-gpu=" + property,
                "--format=csv,noheader",
                "--id=" + provider.device())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = query.start();
      String answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 && !answer.isEmpty() ? answer : "unknown";
    } catch (IOException e) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("logitflow-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
