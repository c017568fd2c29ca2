package io.logitflow.exporter.command;

import io.logitflow.v1.Calibration;
import java.util.Locale;

/** One line on how far implied log rewards are from true ones. */
final class CalibrationLine {
  private CalibrationLine() {}

  /** Returns the line. */
  static String of(Calibration calibration) {
    String correlation =
        calibration.hasRankCorrelation()
            ? String.format(Locale.ROOT, "%.3f", calibration.getRankCorrelation())
            : "none, since all are the same";
    return String.format(
        Locale.ROOT,
        "at beta %s trajectory balance leaves %.3f +- %.3f over %,d candidates; rank correlation of"
            + " implied and true log reward %s",
        calibration.getBeta(),
        calibration.getResidualMean(),
        calibration.getResidualDeviation(),
        calibration.getCandidates(),
        correlation);
  }
}
