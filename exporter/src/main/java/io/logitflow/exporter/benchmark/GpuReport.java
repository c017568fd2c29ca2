package io.logitflow.exporter.benchmark;

import io.logitflow.exporter.parity.ParityReport;
import io.logitflow.sampler.session.BitInvariance;
import java.time.LocalDate;
import java.util.List;

/**
 * What a GPU was seen to do.
 *
 * @param device its name
 * @param driver version of its driver
 * @param runtime version of ONNX Runtime
 * @param tf32 whether matrix products might round to TF32
 * @param date day of the measurement, in UTC
 * @param models what was measured of each model
 */
public record GpuReport(
    String device,
    String driver,
    String runtime,
    boolean tf32,
    LocalDate date,
    List<ModelOnGpu> models) {
  /** Copies the list. */
  public GpuReport {
    models = List.copyOf(models);
  }

  /** Returns the rates, each beside that of the CPU. */
  public List<BenchmarkEntry> rates() {
    return models.stream().flatMap(model -> model.rates().stream()).toList();
  }

  /**
   * A model on a GPU.
   *
   * @param name of the model and its tables
   * @param parity its rollout beside the trainer's functions on the CPU
   * @param invariance of a row's bits over the sizes of tiles
   * @param placement of the nodes of its rollout
   * @param rates by rows of a tile, each beside the CPU's on one thread
   */
  record ModelOnGpu(
      String name,
      ParityReport parity,
      BitInvariance invariance,
      NodePlacement placement,
      List<BenchmarkEntry> rates) {
    /** Copies the list. */
    ModelOnGpu {
      rates = List.copyOf(rates);
    }
  }
}
