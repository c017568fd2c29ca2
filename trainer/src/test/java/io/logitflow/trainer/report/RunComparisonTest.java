package io.logitflow.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.training.RoundMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunComparisonTest {
  private static final List<String> DNA = List.of("A", "C", "G", "T");

  @TempDir Path directory;

  @Test
  void runsThatDifferOnlyInTheSeedAreOneLineWithABand() throws Exception {
    List<RoundMetrics> first = SampleRuns.metrics(8, 5);
    List<RoundMetrics> second = SampleRuns.metrics(6, 5);
    List<RoundMetrics> third = SampleRuns.metrics(9, 5);
    Document page =
        page(
            run("a", first, "seed=1"),
            run("wide", SampleRuns.metrics(4, 5), "training.batch=32"),
            run("b", second, "seed=2"),
            run("c", third, "seed=3"));
    JsonNode lines = chart(page, "Loss").path("lines");

    assertThat(names(lines)).containsExactly("training.batch=256", "training.batch=32");
    JsonNode group = lines.get(0);
    assertThat(group.path("y")).hasSize(6);
    for (int row = 0; row < 6; row++) {
      List<Double> losses =
          List.of(first.get(row).loss(), second.get(row).loss(), third.get(row).loss());
      assertThat(group.at("/x/round/" + row).longValue()).isEqualTo(first.get(row).round());
      assertThat(group.at("/x/reward_calls/" + row).longValue())
          .isEqualTo(first.get(row).rewardCalls());
      assertThat(group.at("/y/" + row).doubleValue())
          .isCloseTo((losses.get(0) + losses.get(1) + losses.get(2)) / 3, within(1e-12));
      assertThat(group.at("/band/low/" + row).doubleValue()).isEqualTo(Collections.min(losses));
      assertThat(group.at("/band/high/" + row).doubleValue()).isEqualTo(Collections.max(losses));
    }
    assertThat(lines.get(1).path("y")).hasSize(4);
    assertThat(lines.get(1).has("band")).isFalse();
    assertThat(page.select("dd").eachText()).containsExactly("4", "2", "training.batch");
    assertThat(page.text()).doesNotContain("do not aim");
  }

  @Test
  void groupsAreNamedByTheKeysInWhichTheyDiffer() throws Exception {
    List<RoundMetrics> metrics = SampleRuns.metrics(3, 5);

    assertThat(
            names(
                chart(page(run("a", metrics), run("b", metrics, "seed=9")), "log Z").path("lines")))
        .containsExactly("all runs");
    assertThat(
            names(
                chart(
                        page(
                            run("a", metrics, "training.beta={type: constant, value: 2}"),
                            run("b", metrics, "policy.hidden_widths=[8]")),
                        "log Z")
                    .path("lines")))
        .containsExactly(
            "policy.hidden_widths=[256,256], training.beta.type=constant, training.beta.value=2.0",
            "policy.hidden_widths=[8], training.beta.type=uniform, training.beta.low=1.0,"
                + " training.beta.high=3.0");
  }

  @Test
  void givesTheLastFiguresOfEveryRunAsText() {
    List<RoundMetrics> metrics = SampleRuns.metrics(3, 5);
    String text =
        new RunComparison(List.of(run("runs/a", metrics, "seed=4"), run("b", metrics))).text();
    List<String> lines = text.lines().toList();

    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).matches("Run +Group +Seed +Round +Loss .* log Z .* Reward calls .*");
    assertThat(lines.get(1)).matches("runs/a +all runs +4 +14 .* 3 +240 .*");
    assertThat(lines.get(2)).matches("b +all runs +0 +14 .* 3 +240 .*");
    assertThat(lines.get(1)).hasSameSizeAs(lines.get(0));
  }

  @Test
  void saysWhenRunsDoNotAimAtTheSameTarget() throws Exception {
    List<RoundMetrics> metrics = SampleRuns.metrics(3, 5);
    String warning =
        "The runs do not aim at the same target, so log Z, scores and modes cannot be compared:"
            + " environment.length, log_reward.exponent differ.";
    ComparedRun other =
        run("b", metrics, "environment.length=7", "log_reward.exponent=2", "training.batch=8");

    assertThat(new RunComparison(List.of(run("a", metrics), other)).text())
        .endsWith("\n\n" + warning + "\n");
    assertThat(page(run("a", metrics), other).select(".note").text()).contains(warning);
  }

  @Test
  void showsTheEvaluationsOfFinishedRuns() throws Exception {
    Path run = Files.createDirectories(directory.resolve("run"));
    try (MetricsLog log = new MetricsLog(run, List.of())) {
      SampleRuns.metrics(3, 5).forEach(log::write);
    }
    Path evaluation = run.resolve("evaluation.json");
    TrainerConfig config = SampleRuns.config(DNA);
    ComparedRun unfinished = ComparedRun.read("a", config, run, evaluation);
    Files.writeString(
        evaluation, "{\"round\":3,\"betas\":[{\"beta\":2.5,\"total_variation\":0.125}]}");
    ComparedRun finished = ComparedRun.read("b", config, run, evaluation);

    assertThat(page(unfinished).select("h2").eachText()).doesNotContain("Evaluation");
    Document page = page(unfinished, finished);
    assertThat(page.select("section:last-of-type td").eachText())
        .containsExactly("b", "all runs", "2.5", "0.125");
    Files.writeString(evaluation, "{");
    assertThatThrownBy(() -> ComparedRun.read("b", config, run, evaluation))
        .hasMessage("%s: found no JSON, expected the report of an evaluation", evaluation);
  }

  @Test
  void refusesARunThatHasRecordedNothing() throws Exception {
    Path file = Files.createFile(directory.resolve(MetricsLog.NAME));

    assertThatThrownBy(
            () -> ComparedRun.read("a", SampleRuns.config(DNA), directory, directory.resolve("e")))
        .hasMessage("%s: found no recorded round, expected a run that has recorded one", file);
  }

  private static ComparedRun run(String name, List<RoundMetrics> metrics, String... settings) {
    return new ComparedRun(
        name, SampleRuns.config(DNA, settings), MetricsTable.of(metrics), List.of());
  }

  private Document page(ComparedRun... runs) throws Exception {
    Path file = directory.resolve("comparison.html");
    new RunComparison(Arrays.asList(runs)).write(file);
    return Jsoup.parse(Files.readString(file));
  }

  private static JsonNode chart(Document page, String title) throws Exception {
    JsonNode charts =
        JsonMapper.builder()
            .build()
            .readTree(Objects.requireNonNull(page.getElementById("charts")).data());
    return StreamSupport.stream(charts.spliterator(), false)
        .filter(chart -> chart.path("title").asText().equals(title))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> names(JsonNode lines) {
    List<String> names = new ArrayList<>();
    lines.forEach(line -> names.add(line.path("name").asText()));
    return names;
  }
}
