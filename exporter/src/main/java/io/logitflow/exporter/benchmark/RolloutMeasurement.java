package io.logitflow.exporter.benchmark;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.exporter.benchmark.GpuReport.ModelOnGpu;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.parity.ParityGate;
import io.logitflow.exporter.parity.ParityReport;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.session.BitInvariance;
import io.logitflow.sampler.session.ExecutionProvider;
import io.logitflow.sampler.session.RolloutSession;
import io.logitflow.sampler.session.TileSizes;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.Manifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How a provider's rollouts are measured.
 *
 * @param provider the provider
 * @param sizes of tiles over which a row's bits are compared
 * @param tiles rows of the tiles whose rate is measured, where a run may be so large
 * @param parameters of {@link RolloutBenchmark} that name the provider
 * @param milliseconds of an iteration, of which each rate takes nine
 * @param lines is told each finding as soon as it is there
 */
record RolloutMeasurement(
    ExecutionProvider provider,
    TileSizes sizes,
    List<Integer> tiles,
    Map<String, Object> parameters,
    long milliseconds,
    Consumer<String> lines) {
  /** Larger tiles gain nothing on the CPU. */
  private static final int LARGEST_BASELINE = 1_024;

  /** Copies list and map. */
  RolloutMeasurement {
    tiles = List.copyOf(tiles);
    parameters = Map.copyOf(parameters);
  }

  /**
   * Measures a bundle but for its rate.
   *
   * @param name of it
   * @param model what was exported
   * @param bundle the bundle
   * @throws LogitFlowException if the provider is not there or does not run the rollout
   */
  ModelOnGpu findings(String name, TrainedModel model, Bundle bundle) {
    BitInvariance invariance;
    try (RolloutSession session = RolloutSession.open(bundle, provider)) {
      invariance = BitInvariance.measure(session, sizes);
    }
    say(name, "rows with other bits, by size of the tile, " + invariance.differingRows());
    NodePlacement placement =
        NodePlacement.of(bundle.path(Role.ROLLOUT), provider, bundle.directory());
    say(name, "nodes by provider " + placement.nodesByProvider());
    ParityReport parity = new ParityGate(model).measure(bundle, provider);
    say(name, parity.summary());
    return new ModelOnGpu(name, parity, invariance, placement, List.of());
  }

  /**
   * Measures a bundle of a model.
   *
   * @param model the model
   * @param bundle what it was exported as
   * @throws LogitFlowException if the provider is not there or does not run the rollout
   */
  ModelOnGpu of(BenchmarkModel model, Bundle bundle) {
    Manifest manifest = bundle.manifest();
    String name =
        (manifest.getRollout().hasTabulation() ? "tabulated." : "plain.")
            + model.name()
            + (manifest.hasPrecision() ? "." + manifest.getPrecision().getKind() : "");
    ModelOnGpu findings = findings(name, model.model(), bundle);
    List<BenchmarkEntry> rates = new ArrayList<>();
    Map<Integer, Double> baselines = new HashMap<>();
    long most = bundle.summary(Role.ROLLOUT).memory().mostRows();
    for (int rows : tiles.stream().filter(rows -> rows <= most).toList()) {
      double baseline =
          baselines.computeIfAbsent(
              Math.min(rows, LARGEST_BASELINE), fewer -> rate(bundle, fewer, Map.of()));
      BenchmarkEntry entry =
          BenchmarkEntry.of(
              "cuda." + name + ".b" + rows,
              rate(bundle, rows, parameters),
              "candidates/s",
              baseline);
      rates.add(entry);
      say(entry.name(), String.format("%,.0f candidates/s, CPU %,.0f", entry.value(), baseline));
    }
    return findings.with(rates);
  }

  private double rate(Bundle bundle, int rows, Map<String, Object> others) {
    Map<String, Object> all = new HashMap<>(others);
    all.put("bundle", bundle.directory());
    all.put("rows", rows);
    return rows / Measurement.of(RolloutBenchmark.class, all, milliseconds).seconds();
  }

  private void say(String name, String finding) {
    lines.accept(name + ": " + finding);
  }
}
