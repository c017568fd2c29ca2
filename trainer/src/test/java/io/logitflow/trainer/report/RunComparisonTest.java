package io.logitflow.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.evaluation.EvaluationFiles;
import io.logitflow.trainer.evaluation.EvaluationReport;
import io.logitflow.trainer.training.RoundMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jspecify.annotations.Nullable;
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
    assertThat(page.select("dd").eachText()).containsExactly("4", "2");
    assertThat(differences(page))
        .containsExactly(
            List.of("Key", "training.batch=256", "training.batch=32"),
            List.of("runs", "a, b, c", "wide"),
            List.of("seed", "1, 2, 3", "0"),
            List.of("training.batch", "256", "32"));
    assertThat(page.text()).doesNotContain("do not aim");
  }

  @Test
  void aGroupHasOneColourOnTheWholePage() throws Exception {
    List<RoundMetrics> metrics = SampleRuns.metrics(3, 5);
    ComparedRun second = run("b", metrics, "training.batch=32");
    Map<String, List<@Nullable Double>> columns = new LinkedHashMap<>(second.metrics().columns());
    columns.remove("replay_loss");
    ComparedRun withoutReplay =
        new ComparedRun("b", second.config(), Map.of(), new MetricsTable(columns), List.of());
    Document page = page(run("a", metrics), withoutReplay, run("c", metrics, "training.batch=64"));

    assertThat(colours(chart(page, "Loss"))).containsExactly("256:0", "32:1", "64:2");
    assertThat(colours(chart(page, "Replay loss"))).containsExactly("256:0", "64:2");
  }

  @Test
  void groupsAreNamedByTheKeysInWhichTheyDiffer() throws Exception {
    List<RoundMetrics> metrics = SampleRuns.metrics(3, 5);
    Document seeds = page(run("a", metrics), run("b", metrics, "seed=9"));

    assertThat(names(chart(seeds, "log Z").path("lines"))).containsExactly("all runs");
    assertThat(seeds.text()).contains("The runs differ in nothing but the seed.");
    assertThat(
            names(
                chart(
                        page(
                            run("a", metrics, "seed=3", "training.batch=32"),
                            run("b", metrics, "policy.hidden_widths=[8]")),
                        "log Z")
                    .path("lines")))
        .containsExactly("a", "b");
    assertThat(
            names(
                chart(
                        page(
                            run("a", metrics),
                            run("b", metrics, "training.batch=9", "training.rounds=9")),
                        "log Z")
                    .path("lines")))
        .containsExactly(
            "training.rounds=2000, training.batch=256", "training.rounds=9, training.batch=9");
  }

  @Test
  void groupsThatDifferInMuchAreNamedByTheirRuns() throws Exception {
    List<RoundMetrics> metrics = SampleRuns.metrics(3, 5);
    String[] constant = {"training.beta={type: constant, value: 2}"};
    ComparedRun[] runs = {
      run("runs/constant-1", metrics, constant),
      run("runs/narrow", metrics, "policy.hidden_widths=[8]"),
      run("runs/constant-2", metrics, constant[0], "seed=2"),
      run("other/narrow", metrics, "policy.hidden_widths=[8, 9]"),
    };
    Document page = page(runs);
    List<String> names = List.of("constant-1 and 1 more", "runs/narrow", "other/narrow");

    assertThat(names(chart(page, "log Z").path("lines"))).isEqualTo(names);
    assertThat(names(chart(page, "Loss").path("lines"))).isEqualTo(names);
    assertThat(differences(page))
        .containsExactly(
            List.of("Key", names.get(0), names.get(1), names.get(2)),
            List.of("runs", "runs/constant-1, runs/constant-2", "runs/narrow", "other/narrow"),
            List.of("seed", "0, 2", "0", "0"),
            List.of("policy.hidden_widths", "[256, 256]", "[8]", "[8, 9]"),
            List.of("training.beta.type", "constant", "uniform", "uniform"),
            List.of("training.beta.value", "2.0", "–", "–"),
            List.of("training.beta.low", "–", "1.0", "1.0"),
            List.of("training.beta.high", "–", "3.0", "3.0"));
    String text = new RunComparison(Arrays.asList(runs)).text();
    assertThat(text.lines().skip(1).limit(4))
        .allMatch(line -> line.matches("\\S+ +(\\S+narrow|constant-1 and 1 more) +[02] +14 .*"));
    assertThat(text)
        .contains(
            "\n\nGroups are named by their runs; they differ in 5 keys, which the page lists."
                + "\n\nThe runs do not train at the same β");
  }

  @Test
  void otherDataIsAnotherGroup() throws Exception {
    List<RoundMetrics> metrics = SampleRuns.metrics(3, 5);
    String first = "0123456789ab".repeat(5) + "cdef";
    String second = "f" + first.substring(1);
    Document page =
        page(
            withData(run("a", metrics), "reward.data", first),
            withData(run("b", metrics, "seed=2"), "reward.data", second),
            withData(run("c", metrics, "seed=3"), "reward.data", first));

    assertThat(names(chart(page, "log Z").path("lines")))
        .containsExactly("reward.data=0123456789ab…", "reward.data=f123456789ab…");
    assertThat(page.select(".note").text())
        .contains("do not aim at the same target", ": reward.data differ.");
    Document warm =
        page(
            withData(run("a", metrics), "--init-from", "no"),
            withData(run("b", metrics, "seed=2"), "--init-from", "yes"));
    assertThat(names(chart(warm, "log Z").path("lines")))
        .containsExactly("--init-from=no", "--init-from=yes");
  }

  @Test
  void aGroupThatLacksEveryKeyInQuestionSaysSo() throws Exception {
    List<RoundMetrics> metrics = SampleRuns.metrics(3, 5);
    assertThat(
            names(
                chart(
                        page(
                            run("a", metrics), run("b", metrics, "optimiser.average={decay: 0.5}")),
                        "log Z")
                    .path("lines")))
        .containsExactly("without optimiser.average.decay", "optimiser.average.decay=0.5");
  }

  @Test
  void whereAServiceIsCalledIsNoDifference() throws Exception {
    List<RoundMetrics> metrics = SampleRuns.metrics(3, 5);
    String service = "reward={type: grpc, target: one:1}";
    ComparedRun here = run("a", metrics, service);
    ComparedRun patient =
        run(
            "b",
            metrics,
            "seed=2",
            service,
            "reward.deadline_seconds=7",
            "reward.attempts=2",
            "reward.batch=3",
            "reward.concurrency=1");
    ComparedRun moved = run("c", metrics, service, "reward.target=two:2");

    assertThat(names(chart(page(here, patient), "log Z").path("lines")))
        .containsExactly("all runs");
    assertThat(new RunComparison(List.of(here, patient)).text()).doesNotContain("service");
    assertThat(names(chart(page(here, moved), "log Z").path("lines"))).containsExactly("all runs");
    assertThat(new RunComparison(List.of(here, moved)).text())
        .endsWith(
            "\n\nThe runs called services at different places (reward.target), which are taken to"
                + " be the same.\n");
  }

  @Test
  void saysWhenRunsTrainAtOtherTemperatures() {
    List<RoundMetrics> metrics = SampleRuns.metrics(3, 5);
    ComparedRun run = run("a", metrics);
    assertThat(new RunComparison(List.of(run, run("b", metrics, "training.beta.high=5"))).text())
        .endsWith(
            "\n\nThe runs do not train at the same β, so losses and log Z, which is that at the"
                + " middle of the trained range, cannot be compared: training.beta.high differ.\n");
    assertThat(
            new RunComparison(
                    List.of(
                        run,
                        run("b", metrics, "training.exploration.beta={type: constant, value: 2}")))
                .text())
        .contains(
            "compared: training.exploration.beta.type, training.exploration.beta.value differ.");
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
      log.write(SampleRuns.metrics(3, 5));
    }
    Path evaluation = run.resolve("evaluation.json");
    TrainerConfig config = SampleRuns.config(DNA);
    ComparedRun unfinished = ComparedRun.read("a", config, Map.of(), run, evaluation);
    EvaluationReport report =
        Objects.requireNonNull(SampleRuns.finished(SampleRuns.metrics(3, 5), DNA).model()).report();
    Files.writeString(evaluation, EvaluationFiles.json(report));
    ComparedRun finished = ComparedRun.read("b", config, Map.of(), run, evaluation);

    assertThat(page(unfinished).select("h2").eachText()).doesNotContain("Evaluation");
    Document page = page(unfinished, finished);
    List<String> headers = page.select("section:last-of-type th").eachText();
    assertThat(headers)
        .startsWith("Run", "Group", "Round", "Beta")
        .contains("Mean score", "Test set objects", "Pearson, test set", "Spearman, test set")
        .doesNotContain("Score histogram", "Token counts", "Test set");
    List<String> cells = page.select("section:last-of-type td").eachText();
    assertThat(cells).hasSize(2 * headers.size()).doesNotContain("", "–");
    for (int row = 0; row < 2; row++) {
      List<String> figures = cells.subList(row * headers.size(), (row + 1) * headers.size());
      assertThat(figures)
          .startsWith("b", "all runs", "60", row == 0 ? "1" : "3")
          .endsWith("10", "10", "0.9", "0.8");
    }
    Files.writeString(evaluation, "{");
    assertThatThrownBy(() -> ComparedRun.read("b", config, Map.of(), run, evaluation))
        .hasMessage("%s: found no JSON, expected the report of an evaluation", evaluation);
  }

  @Test
  void refusesARunThatHasRecordedNothing() throws Exception {
    Path file = Files.createFile(directory.resolve(MetricsLog.NAME));

    assertThatThrownBy(
            () ->
                ComparedRun.read(
                    "a", SampleRuns.config(DNA), Map.of(), directory, directory.resolve("e")))
        .hasMessage("%s: found no recorded round, expected a run that has recorded one", file);
  }

  private static ComparedRun run(String name, List<RoundMetrics> metrics, String... settings) {
    return new ComparedRun(
        name, SampleRuns.config(DNA, settings), Map.of(), MetricsTable.of(metrics), List.of());
  }

  private static ComparedRun withData(ComparedRun run, String key, String value) {
    return new ComparedRun(
        run.name(), run.config(), Map.of(key, value), run.metrics(), run.evaluation());
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

  private static List<String> colours(JsonNode chart) {
    List<String> colours = new ArrayList<>();
    for (JsonNode line : chart.path("lines")) {
      colours.add(
          line.path("name").asText().replace("training.batch=", "") + ":" + line.path("colour"));
    }
    return colours;
  }

  private static List<List<String>> differences(Document page) {
    return Objects.requireNonNull(page.selectFirst("table.prose")).select("tr").stream()
        .map(row -> row.select("th, td").eachText())
        .toList();
  }

  private static List<String> names(JsonNode lines) {
    List<String> names = new ArrayList<>();
    lines.forEach(line -> names.add(line.path("name").asText()));
    return names;
  }
}
