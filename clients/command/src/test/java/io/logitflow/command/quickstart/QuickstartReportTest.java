package io.logitflow.command.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuickstartReportTest {
  @Test
  void alignsARowForEachBetaAndMarksWhatIsExtrapolated() {
    QuickstartReport report =
        new QuickstartReport(
            List.of(
                new QuickstartReport.Row(
                    new Evaluation.AtBeta(1, 0.6473, 0.17124, 11.43, 11.462),
                    new SampledScores(List.of(0.5, 0.75), 97),
                    328,
                    new SamplingRate(81_234.4, false)),
                new QuickstartReport.Row(
                    new Evaluation.AtBeta(10, 0.9481, 0.5, 28, 28.392),
                    new SampledScores(List.of(0.9), 8),
                    328,
                    new SamplingRate(999, true))));

    assertThat(report.text().lines())
        .containsExactly(
            "beta               mean score  exact mean  total variation  log Z learned  log Z exact"
                + "  modes found  candidates/s",
            "1                      0.6250      0.6473           0.1712         11.430       11.462"
                + "       97/328        81,234",
            "10 (extrapolated)      0.9000      0.9481           0.5000         28.000       28.392"
                + "        8/328           999");
  }

  @Test
  void writesABetaAsItIsTyped() {
    assertThat(QuickstartReport.betaText(3, false)).isEqualTo("3");
    assertThat(QuickstartReport.betaText(2.5f, true)).isEqualTo("2.5 (extrapolated)");
  }
}
