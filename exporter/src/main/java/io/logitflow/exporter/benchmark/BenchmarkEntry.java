package io.logitflow.exporter.benchmark;

/**
 * A figure beside what it is held against.
 *
 * @param name what was measured, such as {@code tabulated.v4l8.b256}
 * @param value the figure
 * @param unit its unit
 * @param baseline in the same unit, from the same run
 * @param ratio value ÷ baseline
 */
public record BenchmarkEntry(
    String name, double value, String unit, double baseline, double ratio) {
  /** Returns an entry with its ratio. */
  static BenchmarkEntry of(String name, double value, String unit, double baseline) {
    return new BenchmarkEntry(name, value, unit, baseline, value / baseline);
  }
}
