package io.logitflow.trainer.benchmark;

import io.logitflow.trainer.training.StepPart;

/** Figures of steps as lines for people. */
public final class BenchmarkTable {
  /** Above the lines. */
  public static final String HEADER =
      String.format(
          "%-23s %9s %9s %9s %8s %9s %9s %9s %6s %8s %8s %8s %6s",
          "CPU ms of a step",
          "rounds/s",
          "step",
          "sampling",
          "forward",
          "backward",
          "optimiser",
          "floor",
          "ratio",
          "GFLOP/s",
          "states",
          "distinct",
          "Java KB");

  private BenchmarkTable() {}

  /**
   * Returns the line of a step.
   *
   * @param figures what was measured
   */
  public static String line(StepFigures figures) {
    return String.format(
        "%-23s %9.1f %9.3f %9.3f %8.3f %9.3f %9.3f %9.3f %6.2f %8.0f %8.0f %8.0f %7.0f",
        figures.step().name(),
        figures.roundsPerSecond(),
        figures.total(),
        figures.parts().get(StepPart.SAMPLING),
        figures.parts().get(StepPart.FORWARD),
        figures.parts().get(StepPart.BACKWARD),
        figures.parts().get(StepPart.OPTIMISER),
        figures.floor(),
        figures.ratio(),
        figures.operationsPerMillisecond() / 1e6,
        figures.states(),
        figures.distinct(),
        figures.allocatedBytes() / 1024);
  }

  /**
   * Returns the line of a rate with a slow reward.
   *
   * @param overlap the entry
   */
  public static String overlap(BenchmarkEntry overlap) {
    return String.format(
        "%-23s %.1f rounds/s with a reward of 50 ms a batch, %.1f with a free one (%.2f of it)",
        overlap.name(), overlap.value(), overlap.baseline(), overlap.ratio());
  }

  /**
   * Returns the line of what shared states gain.
   *
   * @param gain an entry of a gain
   */
  public static String gain(BenchmarkEntry gain) {
    return String.format(
        "%-23s %.2f times as fast for %.2f times fewer states (%.2f of it)",
        gain.name(), gain.value(), gain.baseline(), gain.ratio());
  }
}
