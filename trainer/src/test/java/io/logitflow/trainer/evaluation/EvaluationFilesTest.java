package io.logitflow.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.trainer.evaluation.EvaluationReport.AtBeta;
import io.logitflow.trainer.evaluation.EvaluationReport.AtRound;
import io.logitflow.trainer.evaluation.EvaluationReport.Bounds;
import io.logitflow.trainer.evaluation.EvaluationReport.EuboSource;
import io.logitflow.trainer.evaluation.EvaluationReport.Exact;
import io.logitflow.trainer.evaluation.EvaluationReport.Sampled;
import io.logitflow.trainer.evaluation.EvaluationReport.ScoreHistogram;
import io.logitflow.trainer.evaluation.EvaluationReport.TestSetFigures;
import io.logitflow.trainer.evaluation.EvaluationReport.Training;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationFilesTest {
  /** A report of one β with all figures and one with the fewest. */
  static final EvaluationReport REPORT =
      new EvaluationReport(
          7,
          new Training(1.5, 700, 3, 4),
          90,
          List.of(
              new AtBeta(
                  1,
                  false,
                  11.25,
                  new Sampled(
                      3,
                      0.5,
                      0.75,
                      2,
                      0.875,
                      4.0,
                      1,
                      4,
                      1000,
                      new ScoreHistogram(
                          new double[] {0, 0.5, 1},
                          new double[] {1, 2},
                          new double[] {0.25, 0.75},
                          new double[] {0.125, 0.875}),
                      new long[][] {{1, 2}, {3, 0}}),
                  new Bounds(10.5, 11, 11.75, EuboSource.TARGET, 2.5),
                  new Exact(
                      0.625, 0.6875, 0.25, 0.03125, 0.5, 0.375, 1.25, 1.5, 11, 0.25, 0.9, 0.8),
                  new TestSetFigures(9, 9, null, 0.7, 0.6)),
              new AtBeta(
                  4.5f,
                  true,
                  20,
                  new Sampled(
                      1,
                      0.5,
                      0.5,
                      1,
                      0.5,
                      null,
                      0,
                      4,
                      1000,
                      new ScoreHistogram(new double[] {0, 1}, new double[] {1}, null, null),
                      null),
                  new Bounds(19, 19, 19, EuboSource.IMPORTANCE, 1),
                  null,
                  new TestSetFigures(9, 2, 0.125, null, null))));

  @Test
  void jsonHasTheFiguresSideBySide() {
    assertThat(EvaluationFiles.json(REPORT))
        .isEqualTo(
            """
            {
              "round" : 7,
              "training" : {
                "seconds" : 1.5,
                "reward_calls" : 700,
                "modes_found" : 3,
                "modes_total" : 4
              },
              "reward_calls" : 90,
              "betas" : [ {
                "beta" : 1.0,
                "extrapolated" : false,
                "log_z_learned" : 11.25,
                "samples" : 3,
                "mean_score" : 0.5,
                "median_score" : 0.75,
                "top" : 2,
                "top_mean_score" : 0.875,
                "top_diversity" : 4.0,
                "modes_found" : 1,
                "modes_total" : 4,
                "candidates_per_second" : 1000.0,
                "score_histogram" : {
                  "edges" : [ 0.0, 0.5, 1.0 ],
                  "sampled" : [ 1.0, 2.0 ],
                  "model" : [ 0.25, 0.75 ],
                  "target" : [ 0.125, 0.875 ]
                },
                "token_counts" : [ [ 1, 2 ], [ 3, 0 ] ],
                "elbo" : 10.5,
                "log_z_importance" : 11.0,
                "eubo" : 11.75,
                "eubo_source" : "target",
                "effective_samples" : 2.5,
                "expected_score_model" : 0.625,
                "expected_score_target" : 0.6875,
                "total_variation" : 0.25,
                "jensen_shannon" : 0.03125,
                "kl_model_target" : 0.5,
                "kl_target_model" : 0.375,
                "entropy_model" : 1.25,
                "entropy_target" : 1.5,
                "log_z_exact" : 11.0,
                "log_z_error" : 0.25,
                "pearson" : 0.9,
                "spearman" : 0.8,
                "test_set" : {
                  "objects" : 9,
                  "exact" : 9,
                  "pearson" : 0.7,
                  "spearman" : 0.6
                }
              }, {
                "beta" : 4.5,
                "extrapolated" : true,
                "log_z_learned" : 20.0,
                "samples" : 1,
                "mean_score" : 0.5,
                "median_score" : 0.5,
                "top" : 1,
                "top_mean_score" : 0.5,
                "modes_found" : 0,
                "modes_total" : 4,
                "candidates_per_second" : 1000.0,
                "score_histogram" : {
                  "edges" : [ 0.0, 1.0 ],
                  "sampled" : [ 1.0 ]
                },
                "elbo" : 19.0,
                "log_z_importance" : 19.0,
                "eubo" : 19.0,
                "eubo_source" : "importance",
                "effective_samples" : 1.0,
                "test_set" : {
                  "objects" : 9,
                  "exact" : 2,
                  "mean_standard_error" : 0.125
                }
              } ]
            }
            """);
  }

  @Test
  void csvHasARowForEachBeta() {
    assertThat(EvaluationFiles.csv(REPORT))
        .isEqualTo(
            "round,beta,extrapolated,log_z_learned,samples,mean_score,median_score,top,"
                + "top_mean_score,top_diversity,modes_found,modes_total,candidates_per_second,"
                + "elbo,log_z_importance,eubo,eubo_source,effective_samples,expected_score_model,"
                + "expected_score_target,total_variation,jensen_shannon,kl_model_target,"
                + "kl_target_model,entropy_model,entropy_target,log_z_exact,log_z_error,pearson,"
                + "spearman,test_set_objects,test_set_exact,test_set_pearson,test_set_spearman,"
                + "test_set_mean_standard_error\n"
                + "7,1.0,false,11.25,3,0.5,0.75,2,0.875,4.0,1,4,1000.0,10.5,11.0,11.75,target,2.5,"
                + "0.625,0.6875,0.25,0.03125,0.5,0.375,1.25,1.5,11.0,0.25,0.9,0.8,9,9,0.7,0.6,\n"
                + "7,4.5,true,20.0,1,0.5,0.5,1,0.5,,0,4,1000.0,19.0,19.0,19.0,importance,1.0,"
                + ",,,,,,,,,,,,9,2,,,0.125\n");
  }

  @Test
  void theLogOfARunEndsAtTheRoundThatItGoesOnFrom(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("evaluations.jsonl");
    EvaluationLog first = new EvaluationLog(file, 0);
    assertThat(file).doesNotExist();
    for (long round : new long[] {10, 20, 30}) {
      first.add(new AtRound(round, 100 * round, REPORT.betas()));
    }
    String all = Files.readString(file);
    assertThat(all.lines()).hasSize(3);
    assertThat(all).startsWith("{\"round\":10,\"reward_calls\":1000,\"betas\":[{\"beta\":1.0,");
    Files.writeString(file, "{\"round\":40,\"bet", StandardOpenOption.APPEND);

    EvaluationLog second = new EvaluationLog(file, 20);

    assertThat(Files.readString(file).lines())
        .containsExactlyElementsOf(all.lines().limit(2).toList());
    second.add(new AtRound(30, 3000, REPORT.betas()));
    assertThat(Files.readString(file)).isEqualTo(all);
  }
}
