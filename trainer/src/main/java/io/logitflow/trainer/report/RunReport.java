package io.logitflow.trainer.report;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.EnvironmentConfig;
import io.logitflow.trainer.evaluation.EvaluationFiles;
import io.logitflow.trainer.evaluation.EvaluationReport;
import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.report.Chart.Line;
import io.logitflow.trainer.report.Page.Fact;
import io.logitflow.trainer.report.Page.Section;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The page of one run. */
public final class RunReport {
  /** Name of the file in the run's directory. */
  public static final String NAME = "report.html";

  private static final int BUCKETS = 40;
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private RunReport() {}

  /**
   * Writes the page of a run into its directory.
   *
   * @param summary what it shows
   * @param directory the run's directory
   * @throws LogitFlowException if the disk refuses
   */
  public static void write(RunSummary summary, Path directory) {
    PageWriter.write(page(summary), directory.resolve(NAME));
  }

  /** Returns the page of a run. */
  static Page page(RunSummary summary) {
    List<Section> sections = new ArrayList<>();
    sections.add(
        new Section(
            "Training",
            summary.metrics().rows() == 0 ? "No round was recorded." : "",
            new Page.Charts(MetricCharts.of(summary.metrics()))));
    RunSummary.Model model = summary.model();
    if (model != null) {
      addModel(model, summary.config().environment(), sections);
    }
    sections.add(
        new Section(
            "Configuration",
            "Every effective value.",
            new Page.Verbatim(ConfigLoader.toYaml(summary.config()))));
    boolean finished = summary.round() >= summary.config().training().rounds();
    return new Page(
        summary.name(),
        finished
            ? "A finished training run"
            : "A training run, stopped early; it goes on with --resume and is evaluated at its end",
        facts(summary),
        sections);
  }

  private static List<Fact> facts(RunSummary summary) {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Rounds", summary.round() + " of " + summary.config().training().rounds()));
    facts.add(new Fact("Seed", Long.toString(summary.config().seed())));
    EvaluationReport.Training training =
        summary.model() == null ? null : summary.model().report().training();
    if (training != null) {
      facts.add(new Fact("Reward calls", Long.toString(training.rewardCalls())));
      if (training.modesTotal() > 0) {
        facts.add(new Fact("Modes", training.modesFound() + " of " + training.modesTotal()));
      }
      facts.add(new Fact("Training since the last start", Math.round(training.seconds()) + " s"));
    }
    facts.add(new Fact("Written", MINUTES.format(summary.written())));
    facts.add(
        new Fact(
            "LogitFlow",
            MavenArtifact.version("io.logitflow", "logitflow-trainer").orElse("development")));
    facts.add(new Fact("Java", System.getProperty("java.version")));
    return facts;
  }

  private static void addModel(
      RunSummary.Model model, EnvironmentConfig environment, List<Section> sections) {
    sections.add(
        new Section(
            "Evaluation",
            "",
            Page.Table.ofColumns(
                model.report().betas().stream().map(EvaluationFiles::figures).toList())));
    if (!model.samples().isEmpty()) {
      sections.add(
          new Section(
              "Scores",
              model.enumeration() == null
                  ? "Shares of the objects drawn; the target is not known exactly."
                  : "Shares of the objects drawn, and of the exact target.",
              new Page.Charts(scoreCharts(model))));
    }
    RunSummary.ScaleCurve scale = model.scale();
    sections.add(
        new Section(
            "Scale of logits",
            scale == null ? "There is no scale: β enters the policy's layers, or not at all." : "",
            new Page.Charts(scale == null ? List.of() : List.of(scaleChart(scale)))));
    // A grid's tokens are coordinates, which a logo would show as letters of a sequence.
    if (environment instanceof EnvironmentConfig.NamedTokens
        && SequenceLogo.covers(model.tokens())) {
      sections.add(
          new Section(
              "Sequence logos",
              "Of the objects drawn: letters as high as their share of the position's information.",
              new Page.Logos(
                  model.samples().stream()
                      .map(
                          samples ->
                              SequenceLogo.of(
                                  at(samples.beta()), model.tokens(), samples.objects()))
                      .toList())));
    }
  }

  private static String at(float beta) {
    return "β = " + Figures.text(beta);
  }

  private static List<Chart> scoreCharts(RunSummary.Model model) {
    RunSummary.Enumeration enumeration = model.enumeration();
    double[] range =
        DoubleStream.concat(
                model.samples().stream().flatMapToDouble(at -> Arrays.stream(at.scores())),
                enumeration == null ? DoubleStream.empty() : Arrays.stream(enumeration.scores()))
            .toArray();
    double[] edges =
        Histogram.edges(
            Arrays.stream(range).min().orElseThrow(),
            Arrays.stream(range).max().orElseThrow(),
            BUCKETS);
    List<Chart> charts = new ArrayList<>();
    for (RunSummary.Samples samples : model.samples()) {
      List<Line> lines = new ArrayList<>();
      double[] even = new double[samples.scores().length];
      Arrays.fill(even, 1.0 / even.length);
      lines.add(outline("drawn", Histogram.of(samples.scores(), even, edges)));
      if (enumeration != null) {
        double[] target = ExactDistribution.target(enumeration.logRewards(), samples.beta());
        lines.add(outline("target", Histogram.of(enumeration.scores(), target, edges)));
      }
      charts.add(new Chart(at(samples.beta()), "", Map.of("x", "score"), false, true, lines));
    }
    return charts;
  }

  /** Returns a histogram's outline, which ends at its last edge. */
  private static Line outline(String name, Histogram histogram) {
    List<@Nullable Double> heights = new ArrayList<>();
    Arrays.stream(histogram.weights()).forEach(heights::add);
    heights.add(histogram.weights()[histogram.weights().length - 1]);
    List<@Nullable Double> edges = new ArrayList<>();
    Arrays.stream(histogram.edges()).forEach(edges::add);
    return new Line(name, Map.of("x", edges), heights, null);
  }

  private static Chart scaleChart(RunSummary.ScaleCurve curve) {
    List<@Nullable Double> betas = doubles(curve.betas());
    List<Line> lines = new ArrayList<>();
    curve
        .scales()
        .forEach(
            (name, scales) -> lines.add(new Line(name, Map.of("x", betas), doubles(scales), null)));
    return new Chart("scale(β)", "as learned", Map.of("x", "β"), false, false, lines);
  }

  private static List<@Nullable Double> doubles(float[] values) {
    List<@Nullable Double> doubles = new ArrayList<>();
    IntStream.range(0, values.length).forEach(i -> doubles.add((double) values[i]));
    return doubles;
  }
}
