package io.logitflow.trainer.command;

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
    assertThat(EvaluationTable.of(report))
        .isEqualTo(
            """
            beta                                  1.0         4.5*
            samples                                30           30
            mean score                         0.5000       0.5000
            median score                       0.7500       0.7500
            mean score of the top 2            0.8750       0.8750
            diversity of the top 2              4.000        4.000
            modes found                           1/4          1/4
            candidates a second                  1000         1000
            log Z, learned                     11.250       11.250
            log Z, exact                       11.000       11.000
            log Z, by importance               11.000       11.000
            ELBO                               10.500       10.500
            EUBO                               11.750       11.750
            effective samples                       2            2
            expected score, model              0.6250       0.6250
            expected score, target             0.6875       0.6875
            total variation                    0.2500       0.2500
            Jensen-Shannon, nats               0.0313       0.0313
            KL(model | target), nats           0.5000       0.5000
            KL(target | model), nats           0.3750       0.3750
            entropy of the model, nats          1.250        1.250
            entropy of the target, nats         1.500        1.500
            Pearson, all objects               0.9000       0.9000
            objects of the test set                 9            9
            log p exact of                          9            9
            Pearson, test set                  0.7000       0.7000
            Spearman, test set                 0.6000       0.6000
            * outside the range of training
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
    assertThat(EvaluationTable.of(report))
        .contains("EUBO, by importance                11.750\n", "mean error of the others")
        .doesNotContain("exact\n", "total variation", "Pearson", "range of training", "EUBO  ");
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
