package io.logitflow.trainer.command;

import io.logitflow.trainer.evaluation.EvaluationReport;
import io.logitflow.trainer.evaluation.EvaluationReport.AtBeta;
import io.logitflow.trainer.evaluation.EvaluationReport.EuboSource;
import io.logitflow.trainer.evaluation.EvaluationReport.Exact;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation as a table for people: a column for each β, a row for each figure that one of them
 * has.
 */
final class EvaluationTable {
  private static final String SCORE = "%.4f";
  private static final String LOGARITHM = "%.3f";
  private static final String COUNT = "%.0f";

  private final List<AtBeta> entries;
  private final StringBuilder text = new StringBuilder();

  private EvaluationTable(List<AtBeta> entries) {
    this.entries = entries;
  }

  /**
   * Writes a table.
   *
   * @param report what was measured
   * @return lines
   */
  static String of(EvaluationReport report) {
    EvaluationTable table = new EvaluationTable(report.betas());
    table.addSamples();
    table.addPartition();
    table.addExact();
    table.addTestSet();
    return table.text.toString();
  }

  private void addSamples() {
    row("beta", at -> at.beta() + (at.extrapolated() ? "*" : ""));
    row("samples", COUNT, at -> (double) at.sampled().samples());
    row("mean score", SCORE, at -> at.sampled().meanScore());
    row("median score", SCORE, at -> at.sampled().medianScore());
    int top = entries.stream().mapToInt(at -> at.sampled().top()).max().orElse(0);
    row("mean score of the top " + top, SCORE, at -> at.sampled().topMeanScore());
    row("diversity of the top " + top, LOGARITHM, at -> at.sampled().topDiversity());
    row("modes found", this::modes);
    row("candidates a second", COUNT, at -> at.sampled().candidatesPerSecond());
  }

  private @Nullable String modes(AtBeta at) {
    int total = at.sampled().modesTotal();
    int found = at.sampled().modesFound();
    if (total == 0) {
      return found == 0 ? null : Integer.toString(found);
    }
    return found + "/" + total;
  }

  private void addPartition() {
    row("log Z, learned", LOGARITHM, AtBeta::logZLearned);
    exact("log Z, exact", LOGARITHM, Exact::logZExact);
    row("log Z, by importance", LOGARITHM, at -> at.bounds().logZImportance());
    row("ELBO", LOGARITHM, at -> at.bounds().elbo());
    row(
        "EUBO",
        LOGARITHM,
        at -> at.bounds().euboSource() == EuboSource.TARGET ? at.bounds().eubo() : null);
    row(
        "EUBO, by importance",
        LOGARITHM,
        at -> at.bounds().euboSource() == EuboSource.IMPORTANCE ? at.bounds().eubo() : null);
    row("effective samples", COUNT, at -> at.bounds().effectiveSamples());
  }

  private void addExact() {
    exact("expected score, model", SCORE, Exact::expectedScoreModel);
    exact("expected score, target", SCORE, Exact::expectedScoreTarget);
    exact("total variation", SCORE, Exact::totalVariation);
    exact("Jensen-Shannon, nats", SCORE, Exact::jensenShannon);
    exact("KL(model | target), nats", SCORE, Exact::klModelTarget);
    exact("KL(target | model), nats", SCORE, Exact::klTargetModel);
    exact("entropy of the model, nats", LOGARITHM, Exact::entropyModel);
    exact("entropy of the target, nats", LOGARITHM, Exact::entropyTarget);
    exact("Pearson, all objects", SCORE, Exact::pearson);
    exact("Spearman, all objects", SCORE, Exact::spearman);
  }

  private void addTestSet() {
    row("objects of the test set", COUNT, at -> (double) at.testSet().objects());
    row("log p exact of", COUNT, at -> (double) at.testSet().exact());
    row("mean error of the others", SCORE, at -> at.testSet().meanStandardError());
    row("Pearson, test set", SCORE, at -> at.testSet().pearson());
    row("Spearman, test set", SCORE, at -> at.testSet().spearman());
    if (entries.stream().anyMatch(AtBeta::extrapolated)) {
      text.append("* outside the range of training\n");
    }
  }

  private void exact(String label, String format, Function<Exact, @Nullable Double> figure) {
    row(label, format, at -> at.exact() == null ? null : figure.apply(at.exact()));
  }

  private void row(String label, String format, Function<AtBeta, @Nullable Double> figure) {
    row(
        label,
        at -> {
          Double value = figure.apply(at);
          return value == null ? null : String.format(Locale.ROOT, format, value);
        });
  }

  private void row(String label, Function<AtBeta, @Nullable String> figure) {
    List<@Nullable String> cells = new ArrayList<>();
    entries.forEach(at -> cells.add(figure.apply(at)));
    if (cells.stream().allMatch(cell -> cell == null)) {
      return;
    }
    text.append(String.format(Locale.ROOT, "%-28s", label));
    for (String cell : cells) {
      text.append(String.format(Locale.ROOT, " %12s", cell == null ? "-" : cell));
    }
    text.append('\n');
  }
}
