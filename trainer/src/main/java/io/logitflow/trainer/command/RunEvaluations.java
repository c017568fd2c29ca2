package io.logitflow.trainer.command;

import io.logitflow.trainer.checkpoint.CheckpointStore;
import io.logitflow.trainer.config.EvaluationConfig;
import io.logitflow.trainer.evaluation.EvaluationFiles;
import io.logitflow.trainer.evaluation.EvaluationLog;
import io.logitflow.trainer.evaluation.EvaluationReport;
import io.logitflow.trainer.evaluation.EvaluationReport.AtBeta;
import io.logitflow.trainer.evaluation.ModelEvaluation;
import io.logitflow.trainer.reward.EvaluationScores;
import io.logitflow.trainer.training.TrainingLoop;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The evaluations of one run, on the interval and at its end, and the files that tell of them. */
final class RunEvaluations {
  private final EvaluationConfig config;
  private final ModelEvaluation evaluation;
  private final TrainingLoop loop;
  private final Path directory;
  private final EvaluationScores scores;
  private final EvaluationLog log;

  /**
   * Starts, or goes on, to evaluate a run.
   *
   * @param config on which interval
   * @param evaluation how
   * @param loop the training
   * @param directory the run's directory
   */
  RunEvaluations(
      EvaluationConfig config, ModelEvaluation evaluation, TrainingLoop loop, Path directory) {
    this.config = config;
    this.evaluation = evaluation;
    this.loop = loop;
    this.directory = directory;
    this.scores = loop.evaluationScores();
    this.log = new EvaluationLog(directory.resolve(CheckpointStore.EVALUATIONS), loop.round());
  }

  /** Evaluates after a round if the interval says so; the last round is left to the end. */
  void afterRound() {
    if (config.interval() > 0 && loop.round() % config.interval() == 0 && !loop.finished()) {
      add(evaluation.evaluate(loop.policy(), scores));
    }
  }

  /**
   * Evaluates at the end, which with an interval is a line of the log as well: a run that more
   * rounds are added to has it behind itself then.
   *
   * @param training what training showed
   */
  EvaluationReport atEnd(EvaluationReport.Training training) {
    announce(config);
    List<AtBeta> betas = evaluation.evaluate(loop.policy(), scores);
    if (config.interval() > 0) {
      add(betas);
    }
    EvaluationReport report = new EvaluationReport(loop.round(), training, scores.calls(), betas);
    EvaluationFiles.write(
        directory.resolve(CheckpointStore.EVALUATION), EvaluationFiles.json(report));
    return report;
  }

  /**
   * Says on standard error that an evaluation begins, which takes minutes where objects are many.
   *
   * @param config at which β
   */
  static void announce(EvaluationConfig config) {
    System.err.println(
        "Evaluating at beta "
            + config.betas().stream().map(Object::toString).collect(Collectors.joining(", ")));
  }

  private void add(List<AtBeta> betas) {
    log.add(new EvaluationReport.AtRound(loop.round(), loop.rewardCalls(), betas));
  }
}
