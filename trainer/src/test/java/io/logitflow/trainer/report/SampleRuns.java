package io.logitflow.trainer.report;

import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.evaluation.EvaluationReport;
import io.logitflow.trainer.training.RoundMetrics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
              (round + 1) * 16,
              random.nextDouble(),
              random.nextDouble(),
              6.0,
              random.nextDouble(),
              1,
              0.01,
              random.nextDouble(),
              random.nextDouble(),
              random.nextDouble(),
              random.nextDouble(),
              row));
    }
    return metrics;
  }

  /**
   * Makes up a finished run of objects of six tokens, with all that a page can show.
   *
   * @param metrics its metrics
   * @param tokens names of four tokens
   */
  static RunSummary finished(List<RoundMetrics> metrics, List<String> tokens) {
    EvaluationReport report =
        new EvaluationReport(
            60,
            new EvaluationReport.Training(3.2, 960, 12, 20),
            300,
            List.of(atBeta(1), atBeta(3)));
    return new RunSummary(
        "sample",
        Instant.EPOCH,
        2000,
        config(tokens),
        MetricsTable.of(metrics),
        new RunSummary.Model(
            report,
            tokens,
            new RunSummary.ScaleCurve(
                new float[] {1, 2, 3}, Map.of("P_F", new float[] {0.5f, 0.75f, 0.875f}))));
  }

  /**
   * Returns a config.
   *
   * @param tokens names of its tokens
   * @param settings values to set, as the command line has them
   */
  static TrainerConfig config(List<String> tokens, String... settings) {
    List<String> names =
        tokens.stream()
            .map(token -> '"' + token.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
            .toList();
    return ConfigLoader.parse(
        "test",
        "environment: {type: prepend-append, separator: \"|\", length: 6, tokens: "
            + names
            + "}\nreward: {type: table, file: s.csv, object_column: o, score_column: s}\n",
        List.of(settings));
  }

  private static EvaluationReport.AtBeta atBeta(float beta) {
    return new EvaluationReport.AtBeta(
        beta,
        false,
        1.5,
        new EvaluationReport.Sampled(
            500,
            0.6,
            0.61,
            100,
            0.9,
            null,
            3,
            20,
            1e4,
            new EvaluationReport.ScoreHistogram(
                new double[] {0, 0.25, 1},
                new double[] {100, 400},
                new double[] {0.25, 0.75},
                new double[] {beta / 8, 1 - beta / 8}),
            tokenCounts()),
        new EvaluationReport.Bounds(1.2, 1.4, 1.6, EvaluationReport.EuboSource.TARGET, 300),
        new EvaluationReport.Exact(
            0.6, 0.625, 0.125, 0.03125, 0.25, 0.5, 1.25, 1.5, 1.375, 0.125, 0.9, 0.8),
        new EvaluationReport.TestSetFigures(10, 10, null, 0.9, 0.8));
  }

  /** Counts tokens of which objects are the surer the further behind they stand. */
  private static long[][] tokenCounts() {
    long[][] counts = new long[6][4];
    for (int position = 0; position < 6; position++) {
      for (int token = 0; token < 4; token++) {
        counts[position][token] = 100L + (token == position % 4 ? 100 : -20) * position / 2;
      }
    }
    return counts;
  }
}
