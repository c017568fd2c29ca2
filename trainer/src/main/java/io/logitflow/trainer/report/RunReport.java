package io.logitflow.trainer.report;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.EnvironmentConfig;
import io.logitflow.trainer.evaluation.EvaluationReport;
import io.logitflow.trainer.evaluation.EvaluationReport.AtBeta;
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
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The page of one run. */
public final class RunReport {
  /** Name of the file in the run's directory. */
  public static final String NAME = "report.html";

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
      if (training.modesTotal() != null) {
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
    sections.add(new Section("Evaluation", "", EvaluationTable.of(model.report())));
    boolean exact = model.report().betas().stream().anyMatch(at -> at.exact() != null);
    sections.add(
        new Section(
            "Scores",
            exact
                ? "Shares of the objects drawn, and of the exact target."
                : "Shares of the objects drawn; the target is not known exactly.",
            new Page.Charts(model.report().betas().stream().map(RunReport::scoreChart).toList())));
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
                  model.report().betas().stream()
                      .flatMap(at -> logo(at, model.tokens()).stream())
                      .toList())));
    }
  }

  private static String title(AtBeta at) {
    return "β = "
        + Figures.text(at.beta())
        + (at.extrapolated() ? ", outside the trained range" : "");
  }

  private static Optional<SequenceLogo> logo(AtBeta at, List<String> tokens) {
    long[][] counts = at.sampled().tokenCounts();
    return counts == null
        ? Optional.empty()
        : Optional.of(SequenceLogo.of(title(at), tokens, counts));
  }

  private static Chart scoreChart(AtBeta at) {
    EvaluationReport.ScoreHistogram histogram = at.sampled().scoreHistogram();
    int samples = at.sampled().samples();
    double[] drawn = Arrays.stream(histogram.sampled()).map(count -> count / samples).toArray();
    List<Line> lines = new ArrayList<>(List.of(outline("drawn", 0, histogram.edges(), drawn)));
    if (histogram.target() != null) {
      lines.add(outline("target", 1, histogram.edges(), histogram.target()));
    }
    return new Chart(title(at), "", Map.of("x", "score"), false, true, lines);
  }

  /** Returns a histogram's outline, which ends at its last edge. */
  private static Line outline(String name, int colour, double[] edges, double[] heights) {
    List<@Nullable Double> y = new ArrayList<>();
    Arrays.stream(heights).forEach(y::add);
    y.add(heights[heights.length - 1]);
    List<@Nullable Double> x = new ArrayList<>();
    Arrays.stream(edges).forEach(x::add);
    return new Line(name, colour, Map.of("x", x), y, null);
  }

  private static Chart scaleChart(RunSummary.ScaleCurve curve) {
    List<@Nullable Double> betas = doubles(curve.betas());
    List<Line> lines = new ArrayList<>();
    curve
        .scales()
        .forEach(
            (name, scales) ->
                lines.add(new Line(name, lines.size(), Map.of("x", betas), doubles(scales), null)));
    return new Chart("scale(β)", "as learned", Map.of("x", "β"), false, false, lines);
  }

  private static List<@Nullable Double> doubles(float[] values) {
    List<@Nullable Double> doubles = new ArrayList<>();
    IntStream.range(0, values.length).forEach(i -> doubles.add((double) values[i]));
    return doubles;
  }
}
