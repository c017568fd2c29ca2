package io.logitflow.trainer.benchmark;

import java.util.ArrayList;
import java.util.List;

/**
 * A figure beside what it is held against.
 *
 * @param name what was measured, such as {@code step.b256.w128.unique} or {@code gain.b256.w128}
 * @param value the figure
 * @param unit its unit
 * @param baseline in the same unit: of a step the floor, of a gain the ratio of all states to the
 *     distinct ones, of a rate with a slow reward that with a free one
 * @param ratio value ÷ baseline
 */
public record BenchmarkEntry(
    String name, double value, String unit, double baseline, double ratio) {
  private BenchmarkEntry(String name, double value, String unit, double baseline) {
    this(name, value, unit, baseline, value / baseline);
  }

  /**
   * Returns the entries of a size: both steps, and what the shared states gain.
   *
   * @param plain the step that computes every state
   * @param unique the step that computes the distinct ones
   */
  public static List<BenchmarkEntry> of(StepFigures plain, StepFigures unique) {
    List<BenchmarkEntry> entries = new ArrayList<>();
    for (StepFigures figures : List.of(plain, unique)) {
      entries.add(
          new BenchmarkEntry(figures.step().name(), figures.total(), "ms", figures.floor()));
    }
    entries.add(
        new BenchmarkEntry(
            "gain." + plain.step().size(),
            plain.total() / unique.total(),
            "times",
            unique.states() / unique.distinct()));
    return List.copyOf(entries);
  }

  /**
   * Returns the entry of a slow reward.
   *
   * @param overlap rates with it and without
   */
  public static BenchmarkEntry of(RewardOverlap overlap) {
    return new BenchmarkEntry("overlap.reward50ms", overlap.slow(), "rounds/s", overlap.free());
  }
}
