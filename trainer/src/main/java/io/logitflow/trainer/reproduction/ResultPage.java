package io.logitflow.trainer.reproduction;

import com.samskivert.mustache.Mustache;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.evaluation.EvaluationFiles;
import io.logitflow.trainer.reproduction.Experiment.Part;
import io.logitflow.trainer.reproduction.Experiment.Run;
import io.logitflow.trainer.reproduction.Experiment.Variant;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The page of an experiment: Markdown, a picture for each chart, and all figures as CSV.
 *
 * @param name the experiment's name, which is that of the files
 * @param experiment the experiment
 * @param directory its directory
 * @param seeds how many seeds each variant was trained from
 * @param results what all runs have left
 */
public record ResultPage(
    String name, Experiment experiment, Path directory, int seeds, List<RunResult> results) {
  /** Where experiments lie in the repository, from its root. */
  public static final String EXPERIMENTS = "trainer/experiments";

  /**
   * Writes the files, the page last. What is there of the same names is replaced.
   *
   * @param out the directory that they go to
   * @throws LogitFlowException if the disk refuses, or Java finds no font
   */
  public void write(Path out) {
    for (Part part : experiment.parts()) {
      for (View view : experiment.views()) {
        new ViewPage(experiment, part, view, results)
            .chart()
            .ifPresent(chart -> chart.write(out.resolve(picture(part, view))));
      }
    }
    EvaluationFiles.write(out.resolve(data()), FigureTable.csv(experiment, results));
    EvaluationFiles.write(out.resolve(name + ".md"), markdown());
  }

  private String picture(Part part, View view) {
    String infix = experiment.parts().size() == 1 ? "" : part.name() + "-";
    return name + "-" + infix + view.name() + ".png";
  }

  private String data() {
    return name + ".csv";
  }

  /** Returns the page. */
  String markdown() {
    String repository = EXPERIMENTS + "/" + name;
    Map<String, Object> context = new HashMap<>();
    context.put("title", experiment.title());
    context.put("introduction", experiment.introduction().strip());
    context.put("command", "./logitflow reproduce " + name + " --seeds " + seeds);
    context.put("seeds", seeds == 1 ? "seed 0" : "seeds 0 to " + (seeds - 1));
    context.put("data", data());
    context.put("machine", machine());
    context.put("parts", experiment.parts().stream().map(this::partView).toList());
    context.put("directory", repository);
    context.put("config", RunResult.text(directory.resolve(Experiment.CONFIG)).strip());
    context.put("variants", variantTable().toString());
    context.put("example", example(repository));
    return Mustache.compiler()
        .escapeHTML(false)
        .emptyStringIsFalse(true)
        .compile(template())
        .execute(context);
  }

  private String machine() {
    String processors =
        distinct(results.stream().map(result -> result.cost().processor()).toList());
    List<String> dates = results.stream().map(result -> result.cost().date()).sorted().toList();
    String first = dates.get(0);
    String last = dates.get(dates.size() - 1);
    return processors + ", " + (first.equals(last) ? first : first + " to " + last);
  }

  private static String distinct(List<String> names) {
    return names.stream().distinct().sorted().collect(Collectors.joining("; "));
  }

  private Map<String, Object> partView(Part part) {
    List<Map<String, Object>> views = new ArrayList<>();
    for (View view : experiment.views()) {
      ViewPage page = new ViewPage(experiment, part, view, results);
      views.add(
          Map.of(
              "title", view.title(),
              "note", view.note().strip(),
              "table", page.table().map(table -> table.toString().strip()).orElse(""),
              "picture", view.chart() == null ? "" : picture(part, view)));
    }
    return Map.of(
        "heading",
        experiment.parts().size() == 1 ? "" : part.title(),
        "views",
        views,
        "cost",
        costTable(part).toString().strip());
  }

  private MarkdownTable costTable(Part part) {
    List<List<String>> rows = new ArrayList<>();
    for (Variant variant : experiment.variantsOf(part)) {
      List<RunResult> runs =
          results.stream().filter(result -> result.run().isOf(part, variant)).toList();
      rows.add(
          List.of(
              variant.title(),
              Spread.of(runs.stream().map(run -> (double) run.rewardCalls()).toList()).text(0),
              Spread.of(
                      runs.stream()
                          .map(run -> run.cost().cpuSeconds())
                          .filter(Objects::nonNull)
                          .toList())
                  .text(1)));
    }
    return new MarkdownTable(List.of("variant", "reward calls", "CPU seconds"), rows);
  }

  private MarkdownTable variantTable() {
    List<List<String>> rows = new ArrayList<>();
    for (Part part : experiment.parts()) {
      if (!part.settings().isEmpty()) {
        rows.add(List.of("all, in: " + part.title(), code(part.settings())));
      }
    }
    for (Variant variant : experiment.variants()) {
      String config = variant.config();
      String file =
          config == null ? "" : "`" + Path.of(EXPERIMENTS, name, config).normalize() + "` ";
      rows.add(List.of(variant.title(), file + code(variant.settings())));
    }
    return new MarkdownTable(List.of("variant", "`--set`"), rows);
  }

  private static String code(List<String> settings) {
    return settings.stream()
        .map(setting -> "`" + setting + "`")
        .collect(Collectors.joining("<br>"));
  }

  /** Returns the command of the experiment's last run of its own configuration. */
  private String example(String repository) {
    Run shown =
        results.stream()
            .map(RunResult::run)
            .filter(run -> run.variant().config() == null)
            .reduce((first, second) -> second)
            .orElseThrow();
    return "./logitflow train --config "
        + repository
        + "/"
        + shown.config()
        + " --out "
        + shown.name()
        + shown.settings().stream()
            .map(setting -> " \\\n  --set '" + setting + "'")
            .collect(Collectors.joining());
  }

  private static String template() {
    try (InputStream stream = ResultPage.class.getResourceAsStream("page.mustache")) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the template cannot be read", e);
    }
  }
}
