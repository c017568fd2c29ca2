package io.logitflow.trainer.report;

import io.logitflow.trainer.training.RoundMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Runs as training might have recorded them. */
final class SampleRuns {
  private SampleRuns() {}

  /**
   * Makes up metrics.
   *
   * @param rows recorded rounds
   * @param interval rounds between them
   */
  static List<RoundMetrics> metrics(int rows, int interval) {
    Random random = new Random(rows * 31L + interval);
    List<RoundMetrics> metrics = new ArrayList<>();
    for (int row = 1; row <= rows; row++) {
      long round = (long) row * interval - 1;
      metrics.add(
          new RoundMetrics(
              round,
              random.nextDouble() * 100 / row,
              random.nextDouble() * 80 / row,
              random.nextGaussian(),
              row,
              (round + 1) * 16));
    }
    return metrics;
  }
}
