package io.logitflow.command.quickstart;

import java.util.List;
import java.util.Locale;

/**
 * The table that a quickstart ends with.
 *
 * @param rows one for each inverse temperature
 */
record QuickstartReport(List<Row> rows) {
  private static final String HEADER_FORMAT = "%-17s  %10s  %10s  %15s  %13s  %11s  %11s  %12s";

  QuickstartReport {
    rows = List.copyOf(rows);
  }

  /**
   * One inverse temperature.
   *
   * @param exact the training run's exact figures
   * @param sampled the candidates' scores
   * @param modesTotal how many modes there are
   * @param rate how fast they came
   */
  record Row(Evaluation.AtBeta exact, SampledScores sampled, int modesTotal, SamplingRate rate) {
    private String text() {
      return String.format(
          Locale.ROOT,
          HEADER_FORMAT,
          betaText((float) exact.beta(), rate.extrapolated()),
          String.format(Locale.ROOT, "%.4f", sampled.mean()),
          String.format(Locale.ROOT, "%.4f", exact.expectedScoreTarget()),
          String.format(Locale.ROOT, "%.4f", exact.totalVariation()),
          String.format(Locale.ROOT, "%.3f", exact.logZLearned()),
          String.format(Locale.ROOT, "%.3f", exact.logZExact()),
          sampled.modesFound() + "/" + modesTotal,
          String.format(Locale.ROOT, "%,.0f", rate.candidatesPerSecond()));
    }
  }

  /** Returns how an inverse temperature is named in the table and the picture. */
  static String betaText(float beta, boolean extrapolated) {
    String number = beta == Math.rint(beta) ? String.valueOf((long) beta) : String.valueOf(beta);
    return extrapolated ? number + " (extrapolated)" : number;
  }

  /** Returns the table, a header and one line for each row. */
  String text() {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                HEADER_FORMAT,
                "beta",
                "mean score",
                "exact mean",
                "total variation",
                "log Z learned",
                "log Z exact",
                "modes found",
                "candidates/s"));
    for (Row row : rows) {
      text.append(System.lineSeparator()).append(row.text());
    }
    return text.toString();
  }
}
