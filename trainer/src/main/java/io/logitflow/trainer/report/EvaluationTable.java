package io.logitflow.trainer.report;

import io.logitflow.trainer.evaluation.EvaluationFiles;
import io.logitflow.trainer.evaluation.EvaluationReport;

/**
 * The single figures of an evaluation as a table for people, on a page and on a console: a column
 * for each β, a row for each figure that one of them has.
 */
public final class EvaluationTable {
  private EvaluationTable() {}

  /**
   * Returns the table as lines of text.
   *
   * @param report what was measured
   */
  public static String text(EvaluationReport report) {
    return of(report).text();
  }

  /** Returns the table. */
  static Page.Table of(EvaluationReport report) {
    return Page.Table.ofColumns(report.betas().stream().map(EvaluationFiles::figures).toList());
  }
}
