package io.logitflow.trainer.reproduction;

import io.logitflow.trainer.reproduction.Experiment.Part;
import io.logitflow.trainer.reproduction.Experiment.Variant;
import io.logitflow.trainer.reproduction.LineChart.Line;
import io.logitflow.trainer.reproduction.LineChart.Panel;
import io.logitflow.trainer.reproduction.View.Axis;
import io.logitflow.trainer.reproduction.View.ChartForm;
import io.logitflow.trainer.reproduction.View.Reference;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One view of one part of an experiment, as a table and as a chart.
 *
 * @param experiment the experiment
 * @param part the part
 * @param view the view
 * @param results all that the experiment has
 */
record ViewPage(Experiment experiment, Part part, View view, List<RunResult> results) {
  private static final String TARGET = "exact target";

  /** Returns the table, if the view has one. */
  Optional<MarkdownTable> table() {
    if (view.columns().isEmpty()) {
      return Optional.empty();
    }
    List<String> header = new ArrayList<>();
    header.add(view.axis().title());
    view.columns().forEach(column -> header.add(plain(column)));
    List<List<String>> rows = new ArrayList<>();
    for (Variant variant : variants()) {
      SeedLines lines = lines(variant, null);
      rows.add(row(variant.title(), view.columns().stream().map(lines::at).toList()));
    }
    NavigableMap<Double, Spread> target = target();
    if (!target.isEmpty()) {
      rows.add(
          row(
              TARGET,
              view.columns().stream()
                  .map(column -> target.getOrDefault(column, Spread.of()))
                  .toList()));
    }
    for (Reference reference : view.references()) {
      rows.add(row(reference.title(), reference.values().stream().map(Spread::of).toList()));
    }
    return Optional.of(new MarkdownTable(header, rows));
  }

  private List<String> row(String title, List<Spread> spreads) {
    List<String> row = new ArrayList<>();
    row.add(title);
    spreads.forEach(spread -> row.add(spread.text(view.decimals())));
    return row;
  }

  /** Returns the chart, if the view has one. */
  Optional<LineChart> chart() {
    ChartForm form = view.chart();
    if (form == null) {
      return Optional.empty();
    }
    List<Panel> panels = new ArrayList<>();
    if (view.betas().isEmpty()) {
      panels.add(new Panel(view.title(), chartLines(null)));
    }
    view.betas().forEach(beta -> panels.add(new Panel("β = " + plain(beta), chartLines(beta))));
    return Optional.of(
        new LineChart(view.axis().title(), form.label(), form.logarithmic(), panels));
  }

  private List<Line> chartLines(@Nullable Double beta) {
    List<Line> lines = new ArrayList<>();
    for (Variant variant : variants()) {
      int colour = experiment.variants().indexOf(variant);
      lines.add(new Line(variant.title(), colour, lines(variant, beta).spreads()));
    }
    int reference = 0;
    NavigableMap<Double, Spread> target = target();
    if (!target.isEmpty()) {
      lines.add(new Line(TARGET, --reference, target));
    }
    for (Reference published : view.references()) {
      NavigableMap<Double, Spread> spreads = new TreeMap<>();
      for (int i = 0; i < published.values().size(); i++) {
        Spread spread = Spread.of(published.values().get(i));
        if (spread.count() > 0) {
          spreads.put(view.columns().get(i), spread);
        }
      }
      lines.add(new Line(published.title(), --reference, spreads));
    }
    return lines;
  }

  private List<Variant> variants() {
    return experiment.variantsOf(part).stream()
        .filter(variant -> !view.without().contains(variant.name()))
        .toList();
  }

  /** Returns the lines of all seeds of a variant. */
  SeedLines lines(Variant variant, @Nullable Double beta) {
    return SeedLines.of(view, beta, results, part, variant);
  }

  /** Returns the exact figure by β, from whichever runs of the part have been evaluated there. */
  private NavigableMap<Double, Spread> target() {
    NavigableMap<Double, Spread> target = new TreeMap<>();
    String figure = view.target();
    if (figure != null && view.axis() == Axis.BETA) {
      results.stream()
          .filter(result -> result.run().part().equals(part))
          .forEach(
              result ->
                  result
                      .target(figure)
                      .forEach((beta, value) -> target.put(beta, Spread.of(value))));
    }
    return target;
  }

  /** Writes a place on an axis without needless digits. */
  static String plain(double place) {
    return BigDecimal.valueOf(place).stripTrailingZeros().toPlainString();
  }
}
