package io.logitflow.exporter.benchmark;

import io.logitflow.contract.StagedOutput;
import io.logitflow.exporter.bundle.BundleWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * The rates of exported samplers on one thread, each beside its baseline: the plain rollout beside
 * bare matrix products, tables beside the plain rollout, a single candidate and whole tiles beside
 * stepping through the policy's graph. Baseline and figure are measured by turns, so that what else
 * a machine does falls on both; either is the median of its turns.
 */
public final class SamplingBenchmark {
  private static final Models FULL =
      new Models(
          new BenchmarkModel(4, 8, 256),
          new BenchmarkModel(4, 14, 256),
          new BenchmarkModel(18, 6, 1_024));
  private static final long EVERYTHING = 512L << 20;
  private static final int TILE = 256;
  private static final int LARGE_TILE = 1_024;
  private static final int SMALL_TILE = 32;
  private static final int SMALLEST_TILE = 4;
  private static final int TURNS = 5;

  private final Models models;
  private final long milliseconds;
  private final Consumer<BenchmarkEntry> entries;

  /**
   * Prepares the benchmark.
   *
   * @param milliseconds of an iteration, of which each figure takes twenty and its baseline as many
   * @param entries is told each figure as soon as it is there
   */
  public SamplingBenchmark(long milliseconds, Consumer<BenchmarkEntry> entries) {
    this(FULL, milliseconds, entries);
  }

  /** Prepares the benchmark of other models than the full ones. */
  SamplingBenchmark(Models models, long milliseconds, Consumer<BenchmarkEntry> entries) {
    this.models = models;
    this.milliseconds = milliseconds;
    this.entries = entries;
  }

  /** Measures everything. */
  public void run() {
    BenchmarkModel small = models.small();
    Path directory = temporary();
    try {
      Path plain = export(small, directory.resolve("plain"), 0);
      Path tabulated = export(small, directory.resolve("tabulated"), BundleWriter.TABLE_BUDGET);
      products(plain);
      tables(small, plain, tabulated, TILE);
      tables(small, plain, tabulated, LARGE_TILE);
      single("single.plain", plain);
      single("single.tabulated", tabulated);
      for (int rows : List.of(SMALL_TILE, TILE, LARGE_TILE)) {
        compare(
            "stepwise.b" + rows,
            "candidates/s",
            () -> rate(plain, rows),
            () -> rows / seconds(StepwiseBenchmark.class, plain, rows));
      }
      allocation(tabulated);
      start(tabulated);
      tables(models.deep(), directory);
      BenchmarkModel wide = models.wide();
      tables(wide, directory);
      Path blocks = directory.resolve(wide.name() + "plain");
      Path full = export(wide, directory.resolve("full"), EVERYTHING);
      compare(
          "tabulated." + wide.name() + ".full.b" + TILE,
          "candidates/s",
          () -> rate(full, TILE),
          () -> rate(blocks, TILE));
    } finally {
      StagedOutput.deleteTree(directory);
    }
  }

  /** Measures a figure and its baseline by turns. */
  private void compare(String name, String unit, DoubleSupplier figure, DoubleSupplier baseline) {
    double[] figures = new double[TURNS];
    double[] baselines = new double[TURNS];
    for (int turn = 0; turn < TURNS; turn++) {
      baselines[turn] = baseline.getAsDouble();
      figures[turn] = figure.getAsDouble();
    }
    Arrays.sort(figures);
    Arrays.sort(baselines);
    entries.accept(BenchmarkEntry.of(name, figures[TURNS / 2], unit, baselines[TURNS / 2]));
  }

  private void products(Path plain) {
    int width = models.small().width();
    Map<String, Object> sizes = Map.of("rows", TILE, "width", width);
    compare(
        "plain.b" + TILE,
        "GFLOP/s",
        () -> models.small().operations() * rate(plain, TILE) / 1e9,
        () ->
            MatrixProductBenchmark.operations(TILE, width)
                / Measurement.of(MatrixProductBenchmark.class, sizes, milliseconds).seconds()
                / 1e9);
  }

  private void tables(BenchmarkModel model, Path directory) {
    Path plain = export(model, directory.resolve(model.name() + "plain"), 0);
    Path tabulated =
        export(model, directory.resolve(model.name() + "tabulated"), BundleWriter.TABLE_BUDGET);
    tables(model, plain, tabulated, TILE);
  }

  private void tables(BenchmarkModel model, Path plain, Path tabulated, int rows) {
    compare(
        "tabulated." + model.name() + ".b" + rows,
        "candidates/s",
        () -> rate(tabulated, rows),
        () -> rate(plain, rows));
  }

  private void single(String name, Path bundle) {
    compare(
        name,
        "us",
        () -> 1e6 * seconds(RolloutBenchmark.class, bundle, 1),
        () -> 1e6 * seconds(StepwiseBenchmark.class, bundle, 1));
  }

  private void allocation(Path bundle) {
    double baseline = measure(RolloutBenchmark.class, bundle, SMALLEST_TILE).allocatedBytes();
    double value = measure(RolloutBenchmark.class, bundle, LARGE_TILE).allocatedBytes();
    entries.accept(BenchmarkEntry.of("allocation.b" + LARGE_TILE, value, "bytes", baseline));
  }

  private void start(Path bundle) {
    double seconds =
        Measurement.of(SessionBenchmark.class, Map.of("bundle", bundle), milliseconds).seconds();
    entries.accept(BenchmarkEntry.of("session.start", 1e3 * seconds, "ms", 1e3));
  }

  private double rate(Path bundle, int rows) {
    return rows / seconds(RolloutBenchmark.class, bundle, rows);
  }

  private double seconds(Class<?> benchmark, Path bundle, int rows) {
    return measure(benchmark, bundle, rows).seconds();
  }

  private Measurement measure(Class<?> benchmark, Path bundle, int rows) {
    return Measurement.of(benchmark, Map.of("bundle", bundle, "rows", rows), milliseconds);
  }

  private static Path export(BenchmarkModel model, Path directory, long tableBudget) {
    return model.export(directory, tableBudget).directory();
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("logitflow-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The models.
   *
   * @param small all of its states fit in tables by edge
   * @param deep most of its steps fit in tables by state
   * @param wide all but its last step do
   */
  record Models(BenchmarkModel small, BenchmarkModel deep, BenchmarkModel wide) {}
}
