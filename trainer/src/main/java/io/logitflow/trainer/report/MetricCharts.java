package io.logitflow.trainer.report;

import io.logitflow.trainer.report.Chart.Line;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The charts of what training records, against rounds or reward calls. */
final class MetricCharts {
  /** Name of the column of reward calls. */
  static final String REWARD_CALLS = "reward_calls";

  private static final String TOP = "top";
  private static final String LOG_PARTITION = "log_partition";
  private static final String LOSS = "loss";

  private MetricCharts() {}

  /** Returns the names of the axes to choose from, by their columns. */
  static Map<String, String> axes() {
    Map<String, String> axes = new LinkedHashMap<>();
    axes.put(MetricsTable.ROUND, "rounds");
    axes.put(REWARD_CALLS, "reward calls");
    return axes;
  }

  /**
   * Returns the places of a table's rows on each axis.
   *
   * @param metrics the table
   */
  static Map<String, List<@Nullable Double>> places(MetricsTable metrics) {
    Map<String, List<@Nullable Double>> places = new LinkedHashMap<>();
    axes().keySet().forEach(axis -> places.put(axis, metrics.column(axis)));
    return places;
  }

  /**
   * Draws every metric of a run: losses together, the top-k scores together, the others alone.
   *
   * @param metrics what the run recorded
   */
  static List<Chart> of(MetricsTable metrics) {
    Map<String, List<Line>> charts = new LinkedHashMap<>();
    metrics
        .columns()
        .forEach(
            (name, values) -> {
              if (!axes().containsKey(name)) {
                List<Line> lines = charts.computeIfAbsent(title(name), unseen -> new ArrayList<>());
                lines.add(
                    new Line(Figures.title(name), lines.size(), places(metrics), values, null));
              }
            });
    return charts.entrySet().stream()
        .map(entry -> chart(entry.getKey(), note(entry.getKey()), significant(entry.getValue())))
        .toList();
  }

  /**
   * Draws lines against rounds or reward calls, the latter only where they move: offline rounds
   * call no reward.
   *
   * @param title what they show
   * @param note what a reader must know
   * @param lines the lines
   */
  static Chart chart(String title, String note, List<Line> lines) {
    boolean logarithmic = title.toLowerCase(Locale.ROOT).endsWith(LOSS) && Chart.allPositive(lines);
    Map<String, String> axes = axes();
    if (lines.stream().noneMatch(line -> moves(line.x().getOrDefault(REWARD_CALLS, List.of())))) {
      axes.remove(REWARD_CALLS);
    }
    return new Chart(
        title,
        logarithmic ? (note + " logarithmic").strip() : note,
        axes,
        logarithmic,
        false,
        lines);
  }

  private static boolean moves(List<@Nullable Double> places) {
    return places.stream().filter(Objects::nonNull).distinct().count() > 1;
  }

  /** Returns what the reader of a metric's chart must know. */
  static String note(String title) {
    return title.equals(Figures.title(LOG_PARTITION))
        ? "at the middle of the trained range of β"
        : "";
  }

  /** Returns the title of a metric's chart. */
  static String title(String name) {
    if (name.endsWith(LOSS)) {
      return Figures.title(LOSS);
    }
    return name.startsWith(TOP) ? "Top-k scores" : Figures.title(name);
  }

  /** Leaves out lines that are 0 throughout where others are not: what is off is no result. */
  private static List<Line> significant(List<Line> lines) {
    List<Line> significant =
        lines.stream()
            .filter(line -> line.y().stream().anyMatch(y -> y != null && y != 0))
            .toList();
    return significant.isEmpty() ? lines : significant;
  }
}
