package io.logitflow.exporter.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplingBenchmarkTest {
  private final BenchmarkModel model = new BenchmarkModel(2, 4, 8);

  @TempDir private Path directory;

  @Test
  void tellsEveryFigureBesideItsBaseline() {
    List<BenchmarkEntry> entries = new ArrayList<>();
    SamplingBenchmark.Models models =
        new SamplingBenchmark.Models(
            model, new BenchmarkModel(2, 5, 8), new BenchmarkModel(3, 3, 8));
    new SamplingBenchmark(models, 1, entries::add).run();
    assertThat(entries)
        .extracting(BenchmarkEntry::name)
        .containsExactly(
            "plain.b256",
            "tabulated.v2l4.b256",
            "tabulated.v2l4.b1024",
            "single.plain",
            "single.tabulated",
            "stepwise.b32",
            "stepwise.b256",
            "stepwise.b1024",
            "allocation.b1024",
            "session.start",
            "tabulated.v2l5.b256",
            "tabulated.v3l3.b256",
            "tabulated.v3l3.full.b256");
    assertThat(entries)
        .allSatisfy(
            entry -> {
              assertThat(entry.value()).isPositive();
              assertThat(entry.baseline()).isPositive();
              assertThat(entry.ratio()).isCloseTo(entry.value() / entry.baseline(), within(1e-9));
            });
  }

  /** What a tile allocates on the worker's path does not grow with its rows. */
  @Test
  void allocatesNothingForARow() {
    String bundle = model.export(directory.resolve("bundle"), 1 << 20).directory().toString();
    double few = allocated(bundle, 4);
    double many = allocated(bundle, 4_096);
    assertThat(many - few).isLessThan(4_096);
  }

  private static double allocated(String bundle, int rows) {
    return Measurement.of(RolloutBenchmark.class, Map.of("bundle", bundle, "rows", rows), 20)
        .allocatedBytes();
  }
}
