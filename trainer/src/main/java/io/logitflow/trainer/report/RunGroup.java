package io.logitflow.trainer.report;

import io.logitflow.trainer.config.ConfigComparison;
import io.logitflow.trainer.report.Chart.Band;
import io.logitflow.trainer.report.Chart.Line;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs that differ in nothing but the seed: neither in what their configs say of learning, nor in
 * the data behind them.
 *
 * @param name the keys in which the group differs from the others, with their values, where that is
 *     short for every group; else its first run, and how many more there are
 * @param runs at least one
 */
record RunGroup(String name, List<ComparedRun> runs) {
  private static final String SEED = "seed";
  private static final int LONGEST_NAME = 40;
  private static final Pattern SHA_256 = Pattern.compile("([0-9a-f]{12})[0-9a-f]{52}");

  /**
   * Groups runs.
   *
   * @param runs the runs
   * @return the groups, in the order of their first runs
   */
  static List<RunGroup> of(List<ComparedRun> runs) {
    Map<Map<String, String>, List<ComparedRun>> byConfig = new LinkedHashMap<>();
    for (ComparedRun run : runs) {
      byConfig.computeIfAbsent(values(run), unseen -> new ArrayList<>()).add(run);
    }
    Set<String> keys = differences(runs);
    List<RunGroup> described =
        byConfig.entrySet().stream()
            .map(entry -> new RunGroup(description(entry.getKey(), keys), entry.getValue()))
            .toList();
    boolean brief = described.stream().allMatch(group -> group.name().length() <= LONGEST_NAME);
    return brief
        ? described
        : described.stream()
            .map(group -> new RunGroup(group.nameByRun(runs), group.runs()))
            .toList();
  }

  /**
   * Lists the keys, other than the seed, in which runs differ, of their configs and of the data.
   *
   * @param runs the runs
   */
  static Set<String> differences(List<ComparedRun> runs) {
    List<Map<String, String>> configs = runs.stream().map(RunGroup::values).toList();
    return configs.stream()
        .flatMap(config -> config.keySet().stream())
        .filter(
            key ->
                configs.stream().map(config -> config.getOrDefault(key, "")).distinct().count() > 1)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Map<String, String> values(ComparedRun run) {
    Map<String, String> values = ConfigComparison.learning(run.config());
    values.remove(SEED);
    values.putAll(run.data());
    return values;
  }

  /**
   * Returns the group's value of a key, that of all its runs.
   *
   * @param key a key of their configs or the data
   * @return the value as a reader has it, a dash where the group lacks the key
   */
  String value(String key) {
    String value = values(runs.get(0)).get(key);
    return value == null ? "–" : shown(value).replace(",", ", ");
  }

  /** Tells whether the name says in what the group differs, rather than which runs it has. */
  boolean isDescribed(List<ComparedRun> all) {
    return !name.equals(nameByRun(all));
  }

  /** Names the group by the directory of its first run, by its whole path if others end alike. */
  private String nameByRun(List<ComparedRun> all) {
    String first = runs.get(0).name();
    String last = lastPart(first);
    boolean unique = all.stream().filter(run -> lastPart(run.name()).equals(last)).count() == 1;
    String more = runs.size() == 1 ? "" : " and " + (runs.size() - 1) + " more";
    return (unique ? last : first) + more;
  }

  private static String lastPart(String path) {
    Path last = Path.of(path).getFileName();
    return last == null ? path : last.toString();
  }

  private static String description(Map<String, String> config, Set<String> keys) {
    if (keys.isEmpty()) {
      return "all runs";
    }
    String name =
        keys.stream()
            .filter(config::containsKey)
            .map(key -> key + "=" + shown(config.getOrDefault(key, "")))
            .collect(Collectors.joining(", "));
    return name.isEmpty() ? "without " + String.join(", ", keys) : name;
  }

  private static String shown(String value) {
    return SHA_256.matcher(value).replaceAll("$1…").replace("\"", "");
  }

  /**
   * Draws a metric: the mean over the runs, and from the lowest to the highest of them, at every
   * round that all have recorded.
   *
   * @param metric name of its column
   * @param colour number of the line's colour
   * @return empty where no round of all runs has it
   */
  Stream<Line> line(String metric, int colour) {
    Set<Double> shared = new TreeSet<>();
    for (int i = 0; i < runs.size(); i++) {
      Set<Double> rounds = byRound(runs.get(i), metric).keySet();
      if (i == 0) {
        shared.addAll(rounds);
      }
      shared.retainAll(rounds);
    }
    if (shared.isEmpty()) {
      return Stream.empty();
    }
    Map<String, List<@Nullable Double>> x = new LinkedHashMap<>();
    for (String axis : MetricCharts.axes().keySet()) {
      x.put(axis, statistic(axis, shared, Statistic.MEAN));
    }
    Band band =
        runs.size() == 1
            ? null
            : new Band(
                statistic(metric, shared, Statistic.LOWEST),
                statistic(metric, shared, Statistic.HIGHEST));
    return Stream.of(new Line(name, colour, x, statistic(metric, shared, Statistic.MEAN), band));
  }

  private enum Statistic {
    LOWEST,
    MEAN,
    HIGHEST
  }

  private List<@Nullable Double> statistic(String metric, Set<Double> rounds, Statistic statistic) {
    List<Map<Double, Double>> columns = runs.stream().map(run -> byRound(run, metric)).toList();
    List<@Nullable Double> values = new ArrayList<>();
    for (double round : rounds) {
      var summary =
          columns.stream()
              .map(column -> column.get(round))
              .filter(Objects::nonNull)
              .mapToDouble(Double::doubleValue)
              .summaryStatistics();
      values.add(
          summary.getCount() == 0
              ? null
              : Double.valueOf(
                  switch (statistic) {
                    case LOWEST -> summary.getMin();
                    case MEAN -> summary.getAverage();
                    case HIGHEST -> summary.getMax();
                  }));
    }
    return values;
  }

  private static Map<Double, Double> byRound(ComparedRun run, String metric) {
    List<@Nullable Double> rounds = run.metrics().column(MetricsTable.ROUND);
    List<@Nullable Double> values = run.metrics().column(metric);
    Map<Double, Double> byRound = new LinkedHashMap<>();
    for (int row = 0; row < values.size(); row++) {
      Double value = values.get(row);
      if (value != null) {
        byRound.put(Objects.requireNonNull(rounds.get(row)), value);
      }
    }
    return byRound;
  }
}
