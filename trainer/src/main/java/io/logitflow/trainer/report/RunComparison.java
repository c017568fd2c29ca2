package io.logitflow.trainer.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.config.RewardConfig;
import io.logitflow.trainer.report.Chart.Line;
import io.logitflow.trainer.report.Page.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Several runs on the same axes, those that differ only in the seed as one group. */
public final class RunComparison {
  private static final Set<String> TARGET = Set.of("environment", "reward", "log_reward");
  private static final Set<String> BETAS = Set.of("training.beta", "training.exploration.beta");

  private final List<ComparedRun> runs;
  private final List<RunGroup> groups;

  /**
   * Compares runs.
   *
   * @param runs the runs, each of another name
   */
  public RunComparison(List<ComparedRun> runs) {
    this.runs = List.copyOf(runs);
    this.groups = RunGroup.of(runs);
  }

  /**
   * Writes the page of the comparison.
   *
   * @param file where it goes; what is there is replaced
   * @throws LogitFlowException if the disk refuses
   */
  public void write(Path file) {
    PageWriter.write(page(), file);
  }

  /** Returns the final figures as a table of text, and what a reader must know. */
  public String text() {
    List<String> notes = new ArrayList<>();
    if (groups.stream().noneMatch(group -> group.isDescribed(runs))) {
      notes.add(
          "Groups are named by their runs; they differ in "
              + RunGroup.differences(runs).size()
              + " keys, which the page lists.");
    }
    notes.add(warning());
    return finals().text()
        + notes.stream()
            .filter(note -> !note.isEmpty())
            .map(note -> "\n" + note + "\n")
            .collect(Collectors.joining());
  }

  /** Returns the page of the comparison. */
  Page page() {
    List<Section> sections = new ArrayList<>();
    sections.add(
        new Section(
            "Differences",
            groups.size() == 1
                ? "The runs differ in nothing but the seed."
                : "All that a group has otherwise than another.",
            differences()));
    sections.add(
        new Section(
            "Training",
            ("A line is the mean over the seeds of a group, its band reaches from the lowest to the"
                    + " highest; only rounds that all seeds have are drawn. "
                    + warning())
                .strip(),
            new Page.Charts(charts())));
    sections.add(new Section("Last recorded round", "", finals()));
    List<JsonNode> evaluated = evaluations();
    if (!evaluated.isEmpty()) {
      sections.add(new Section("Evaluation", "", Page.Table.of(evaluated)));
    }
    return new Page(
        "Comparison of runs",
        runs.stream().map(ComparedRun::name).collect(Collectors.joining(", ")),
        List.of(
            new Page.Fact("Runs", Integer.toString(runs.size())),
            new Page.Fact("Groups", Integer.toString(groups.size()))),
        sections);
  }

  /** Returns a column for each group: its runs, their seeds, and its value of every key. */
  private Page.Table differences() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("runs", group -> listed(group, ComparedRun::name)));
    rows.add(row("seed", group -> listed(group, run -> run.config().seed())));
    RunGroup.differences(runs).forEach(key -> rows.add(row(key, group -> group.value(key))));
    return new Page.Table(row("Key", RunGroup::name), rows, true);
  }

  private List<String> row(String label, Function<RunGroup, String> cell) {
    return Stream.concat(Stream.of(label), groups.stream().map(cell)).toList();
  }

  private static String listed(RunGroup group, Function<ComparedRun, Object> what) {
    return group.runs().stream()
        .map(run -> what.apply(run).toString())
        .collect(Collectors.joining(", "));
  }

  /** Returns what of the runs cannot be compared, nothing where all can. */
  private String warning() {
    List<String> warnings = new ArrayList<>();
    String target = differences(TARGET);
    if (!target.isEmpty()) {
      warnings.add(
          "The runs do not aim at the same target, so log Z, scores and modes cannot be compared: "
              + target
              + " differ.");
    }
    String betas = differences(BETAS);
    if (!betas.isEmpty()) {
      warnings.add(
          "The runs do not train at the same β, so losses and log Z, which is that at the middle of"
              + " the trained range, cannot be compared: "
              + betas
              + " differ.");
    }
    if (runs.stream().flatMap(RunComparison::service).distinct().count() > 1) {
      warnings.add(
          "The runs called services at different places (reward.target), which are taken to be the"
              + " same.");
    }
    return String.join(" ", warnings);
  }

  /** Returns the keys in or beneath some sections in which the runs differ. */
  private String differences(Set<String> sections) {
    return RunGroup.differences(runs).stream()
        .filter(key -> sections.stream().anyMatch(section -> key.startsWith(section + ".")))
        .collect(Collectors.joining(", "));
  }

  private static Stream<String> service(ComparedRun run) {
    return run.config().reward() instanceof RewardConfig.Grpc grpc
        ? Stream.of(grpc.target())
        : Stream.empty();
  }

  private List<Chart> charts() {
    Set<String> metrics = new LinkedHashSet<>();
    runs.forEach(run -> metrics.addAll(run.metrics().columns().keySet()));
    metrics.removeAll(MetricCharts.axes().keySet());
    List<Chart> charts = new ArrayList<>();
    for (String metric : metrics) {
      List<Line> lines =
          IntStream.range(0, groups.size())
              .boxed()
              .flatMap(place -> groups.get(place).line(metric, place))
              .toList();
      if (!lines.isEmpty()) {
        String title = Figures.title(metric);
        charts.add(MetricCharts.chart(title, MetricCharts.note(title), lines));
      }
    }
    return charts;
  }

  private Page.Table finals() {
    List<JsonNode> rows = new ArrayList<>();
    for (RunGroup group : groups) {
      for (ComparedRun run : group.runs()) {
        rows.add(label(run, group).put("seed", run.config().seed()).setAll(run.last()));
      }
    }
    return Page.Table.of(rows);
  }

  private List<JsonNode> evaluations() {
    List<JsonNode> rows = new ArrayList<>();
    for (RunGroup group : groups) {
      for (ComparedRun run : group.runs()) {
        for (ObjectNode figures : run.evaluation()) {
          rows.add(label(run, group).setAll(figures));
        }
      }
    }
    return rows;
  }

  private static ObjectNode label(ComparedRun run, RunGroup group) {
    return ReportJson.object().put("run", run.name()).put("group", group.name());
  }
}
