package io.logitflow.trainer.command;

import io.logitflow.trainer.evaluation.EvaluationReport;
import org.jspecify.annotations.Nullable;

/** The report at the end of a run, as a table for people. */
final class EvaluationTable {
  private EvaluationTable() {}

  /**
   * Prints a report on standard output, a row for each β.
   *
   * @param report what was measured
   */
  static void print(EvaluationReport report) {
    System.out.printf(
        "%n%8s %12s %12s %12s %10s %10s %12s %14s%n",
        "beta", "mean score", "target", "variation", "log Z", "exact", "modes", "candidates/s");
    for (EvaluationReport.AtBeta row : report.betas()) {
      System.out.printf(
          "%8s %12.4f %12s %12s %10.3f %10s %12s %14.0f%s%n",
          row.beta(),
          row.meanScore(),
          number("%.4f", row.expectedScoreTarget()),
          number("%.4f", row.totalVariation()),
          row.logZLearned(),
          number("%.3f", row.logZExact()),
          row.modesFound() + "/" + row.modesTotal(),
          row.candidatesPerSecond(),
          row.extrapolated() ? "  (extrapolated)" : "");
    }
  }

  private static String number(String format, @Nullable Double value) {
    return value == null ? "-" : String.format(format, value);
  }
}
