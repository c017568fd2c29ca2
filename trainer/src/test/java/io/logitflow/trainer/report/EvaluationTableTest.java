package io.logitflow.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.trainer.evaluation.EvaluationReport;
import io.logitflow.trainer.evaluation.EvaluationReport.AtBeta;
import io.logitflow.trainer.evaluation.EvaluationReport.Bounds;
import io.logitflow.trainer.evaluation.EvaluationReport.EuboSource;
import io.logitflow.trainer.evaluation.EvaluationReport.Exact;
import io.logitflow.trainer.evaluation.EvaluationReport.Sampled;
import io.logitflow.trainer.evaluation.EvaluationReport.ScoreHistogram;
import io.logitflow.trainer.evaluation.EvaluationReport.TestSetFigures;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EvaluationTableTest {
  private static final Exact EXACT =
      new Exact(0.625, 0.6875, 0.25, 0.03125, 0.5, 0.375, 1.25, 1.5, 11, 0.25, 0.9, null);

  @Test
  void hasAColumnForEachBeta() {
    EvaluationReport report =
        new EvaluationReport(
            7,
            null,
            0,
            List.of(
                at(1, false, EXACT, EuboSource.TARGET, new TestSetFigures(9, 9, null, 0.7, 0.6)),
                at(
                    4.5f,
                    true,
                    EXACT,
                    EuboSource.TARGET,
                    new TestSetFigures(9, 9, null, 0.7, 0.6))));
    assertThat(EvaluationTable.text(report))
        .isEqualTo(
            """
            Beta                          1      4.5
            Extrapolated                 no      yes
            log Z learned             11.25    11.25
            Samples                      30       30
            Mean score                  0.5      0.5
            Median score               0.75     0.75
            Top                           2        2
            Top mean score            0.875    0.875
            Top diversity                 4        4
            Modes found                   1        1
            Modes total                   4        4
            Candidates per second      1000     1000
            ELBO                       10.5     10.5
            log Z by importance          11       11
            EUBO                      11.75    11.75
            EUBO source              target   target
            Effective samples          2.25     2.25
            Expected score, model     0.625    0.625
            Expected score, target   0.6875   0.6875
            Total variation            0.25     0.25
            Jensen-Shannon          0.03125  0.03125
            KL(model | target)          0.5      0.5
            KL(target | model)        0.375    0.375
            Entropy, model             1.25     1.25
            Entropy, target             1.5      1.5
            log Z exact                  11       11
            log Z error                0.25     0.25
            Pearson, all objects        0.9      0.9
            Test set objects              9        9
            Test set exact                9        9
            Pearson, test set           0.7      0.7
            Spearman, test set          0.6      0.6
            """);
  }

  @Test
  void leavesOutWhatNoneHas() {
    EvaluationReport report =
        new EvaluationReport(
            7,
            null,
            0,
            List.of(
                at(
                    2,
                    false,
                    null,
                    EuboSource.IMPORTANCE,
                    new TestSetFigures(9, 0, 0.125, null, 0.6))));
    assertThat(EvaluationTable.text(report))
        .contains("\nEUBO source                   importance\n", "\nTest set mean standard error")
        .doesNotContain("log Z exact", "Total variation", "Pearson");
  }

  private static AtBeta at(
      float beta,
      boolean extrapolated,
      @Nullable Exact exact,
      EuboSource source,
      TestSetFigures testSet) {
    return new AtBeta(
        beta,
        extrapolated,
        11.25,
        new Sampled(
            30,
            0.5,
            0.75,
            2,
            0.875,
            4.0,
            1,
            4,
            1000,
            new ScoreHistogram(new double[] {0, 1}, new double[] {30}, null, null),
            null),
        new Bounds(10.5, 11, 11.75, source, 2.25),
        exact,
        testSet);
  }
}
