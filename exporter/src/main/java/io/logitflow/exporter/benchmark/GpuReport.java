package io.logitflow.exporter.benchmark;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.exporter.parity.ParityReport;
import io.logitflow.sampler.session.BitInvariance;
import java.time.LocalDate;
import java.util.ArrayList;
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
 * @param forms the forms whose launches were counted
 */
public record GpuReport(
    String device,
    String driver,
    String runtime,
    boolean tf32,
    LocalDate date,
    List<ModelOnGpu> models,
    List<MeasuredForm> forms) {
  /** Copies the lists. */
  public GpuReport {
    models = List.copyOf(models);
    forms = List.copyOf(forms);
  }

  /**
   * Refuses a GPU that does not do what it should.
   *
   * @param placedOn what ONNX Runtime calls the provider in its profiles
   * @throws LogitFlowException if a rollout is not equal to the trainer there or a node of it runs
   *     elsewhere; the message names all of these
   */
  void require(String placedOn) {
    List<String> faults =
        models.stream().flatMap(model -> model.faults(placedOn).stream()).toList();
    if (!faults.isEmpty()) {
      throw new LogitFlowException(Category.FAILED, String.join("\n", faults));
    }
  }

  /** Returns the rates, each beside that of the CPU. */
  public List<BenchmarkEntry> rates() {
    return models.stream().flatMap(model -> model.rates().stream()).toList();
  }

  /**
   * A model on a GPU.
   *
   * @param name of the model, its form and its tables
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

    /** Returns the same with rates. */
    ModelOnGpu with(List<BenchmarkEntry> measured) {
      return new ModelOnGpu(name, parity, invariance, placement, measured);
    }

    private List<String> faults(String placedOn) {
      List<String> faults = new ArrayList<>();
      if (!parity.passed()) {
        faults.add(name + " is not seen to be the trainer's: " + parity.summary());
      }
      if (placement.elsewhere(placedOn) > 0) {
        faults.add(name + " has nodes elsewhere than on " + placedOn);
      }
      return faults;
    }
  }
}
