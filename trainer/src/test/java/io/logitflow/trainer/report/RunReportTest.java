package io.logitflow.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.evaluation.EvaluationReport;
import io.logitflow.trainer.training.RoundMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {
  private static final List<RoundMetrics> METRICS = SampleRuns.metrics(12, 5);
  private static final List<String> DNA = List.of("A", "C", "G", "T");

  @TempDir Path directory;

  @Test
  void chartsHoldTheMetricsAgainstRoundsAndRewardCalls() throws Exception {
    JsonNode charts = charts(page(SampleRuns.finished(METRICS, DNA)));
    JsonNode loss = chart(charts, "Loss");

    assertThat(numbers(loss.at("/lines/0/y")))
        .isEqualTo(METRICS.stream().map(RoundMetrics::loss).toList());
    assertThat(numbers(loss.at("/lines/1/y")))
        .isEqualTo(METRICS.stream().map(RoundMetrics::replayLoss).toList());
    assertThat(numbers(loss.at("/lines/0/x/round")))
        .isEqualTo(METRICS.stream().map(round -> (double) round.round()).toList());
    assertThat(numbers(loss.at("/lines/0/x/reward_calls")))
        .isEqualTo(METRICS.stream().map(round -> (double) round.rewardCalls()).toList());
    assertThat(numbers(chart(charts, "log Z").at("/lines/0/y")))
        .isEqualTo(METRICS.stream().map(RoundMetrics::logPartition).toList());
    assertThat(numbers(chart(charts, "Modes found").at("/lines/0/y")))
        .isEqualTo(
            METRICS.stream()
                .map(round -> (double) Objects.requireNonNull(round.modesFound()))
                .toList());
  }

  @Test
  void anAxisOnWhichNothingMovesIsLeftOut() throws Exception {
    RunSummary online = SampleRuns.finished(METRICS, DNA);
    Map<String, List<@Nullable Double>> columns = new LinkedHashMap<>(online.metrics().columns());
    columns.put("reward_calls", Collections.nCopies(METRICS.size(), 0.0));
    Document offline =
        page(
            new RunSummary(
                online.name(),
                online.written(),
                online.round(),
                online.config(),
                new MetricsTable(columns),
                null));

    assertThat(page(online).select("input[name=axis]")).hasSize(2);
    assertThat(offline.select("input[name=axis]")).isEmpty();
    assertThat(chart(charts(offline), "Loss").path("x_labels").properties()).hasSize(1);
    assertThat(chart(charts(offline), "Loss").at("/x_labels/round").asText()).isEqualTo("rounds");
  }

  @Test
  void theBestOfARoundIsNotTakenForThatOfTheRun() throws Exception {
    JsonNode charts = charts(page(SampleRuns.finished(METRICS, DNA)));

    assertThat(numbers(chart(charts, "Best score of the round").at("/lines/0/y")))
        .isEqualTo(METRICS.stream().map(RoundMetrics::bestScore).toList());
    assertThat(page(SampleRuns.finished(METRICS, DNA)).select("dt").eachText())
        .contains("Training since the last start");
  }

  @Test
  void scoresStandBesideTheExactTarget() throws Exception {
    JsonNode lines = chart(charts(page(SampleRuns.finished(METRICS, DNA))), "β = 3").path("lines");

    for (int line = 0; line < 2; line++) {
      assertThat(numbers(lines.at("/" + line + "/x/x"))).containsExactly(0.0, 0.25, 1.0);
    }
    // The last height goes on to the last edge.
    assertThat(numbers(lines.at("/0/y"))).containsExactly(0.2, 0.8, 0.8);
    assertThat(numbers(lines.at("/1/y"))).containsExactly(0.375, 0.625, 0.625);
  }

  @Test
  void aTemperatureOutsideOfTheTrainedRangeIsTitledSo() throws Exception {
    RunSummary summary = SampleRuns.finished(METRICS, DNA);
    Document page = page(summary);
    assertThat(page.select("figcaption b").eachText())
        .containsSubsequence("β = 1", "β = 3", "scale(β)", "β = 1", "β = 3");

    RunSummary.Model model = Objects.requireNonNull(summary.model());
    EvaluationReport report = model.report();
    List<EvaluationReport.AtBeta> betas =
        report.betas().stream()
            .map(
                at ->
                    new EvaluationReport.AtBeta(
                        at.beta(),
                        at.beta() == 3,
                        at.logZLearned(),
                        at.sampled(),
                        at.bounds(),
                        at.exact(),
                        at.testSet()))
            .toList();
    Document outside =
        page(
            new RunSummary(
                summary.name(),
                summary.written(),
                summary.round(),
                summary.config(),
                summary.metrics(),
                new RunSummary.Model(
                    new EvaluationReport(
                        report.round(), report.training(), report.rewardCalls(), betas),
                    model.tokens(),
                    model.scale())));
    String title = "β = 3, outside the trained range";
    assertThat(outside.select("figcaption b").eachText())
        .containsSubsequence("β = 1", title, "scale(β)", "β = 1", title);
  }

  @Test
  void showsTheScaleOrThatThereIsNone() throws Exception {
    RunSummary summary = SampleRuns.finished(METRICS, DNA);
    RunSummary.Model model = Objects.requireNonNull(summary.model());
    JsonNode scale = chart(charts(page(summary)), "scale(β)");

    assertThat(numbers(scale.at("/lines/0/x/x"))).containsExactly(1.0, 2.0, 3.0);
    assertThat(numbers(scale.at("/lines/0/y"))).containsExactly(0.5, 0.75, 0.875);
    Document without =
        page(
            new RunSummary(
                summary.name(),
                summary.written(),
                summary.round(),
                summary.config(),
                summary.metrics(),
                new RunSummary.Model(model.report(), model.tokens(), null)));
    assertThat(without.text())
        .contains("There is no scale: β enters the policy's layers, or not at all.");
  }

  @Test
  void tellsOfARunThatWasStoppedEarly() throws Exception {
    RunSummary summary = SampleRuns.finished(METRICS, DNA);
    Document page =
        page(
            new RunSummary(
                summary.name(), summary.written(), 60, summary.config(), summary.metrics(), null));

    assertThat(page.select("header p").text()).startsWith("A training run, stopped early");
    assertThat(page.select("h2").eachText()).containsExactly("Training", "Configuration");
    assertThat(page.select("dd").eachText()).contains("60 of 2000");
  }

  @Test
  void hasTheEvaluationAndTheConfigAsText() throws Exception {
    Document page = page(SampleRuns.finished(METRICS, DNA));

    assertThat(page.select("table thead th").eachText()).containsExactly("Beta", "1", "3");
    assertThat(page.select("table tbody tr > *:first-child").eachText())
        .contains(
            "log Z learned",
            "Mean score",
            "ELBO",
            "EUBO source",
            "KL(model ‖ target)",
            "Jensen–Shannon",
            "Test set objects");
    assertThat(page.select("pre").text()).contains("hidden_widths:", "tokens:");
  }

  @Test
  void needsNothingFromTheNetwork() throws Exception {
    RunReport.write(SampleRuns.finished(METRICS, DNA), directory);
    String html = Files.readString(directory.resolve(RunReport.NAME));
    Document page = Jsoup.parse(html);

    assertThat(page.select("[src], [href], link, img, iframe, object, embed, base")).isEmpty();
    assertThat(html.replaceAll("/\\*![^\n]*\\*/", "")).doesNotContain("http:", "https:", "@import");
    assertThat(html).doesNotContain("url(", "fetch(", "XMLHttpRequest", "import(", "WebSocket");
    assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
        .startsWith("default-src 'none'");
    assertThat(html).contains("Copyright (c) 2022 Leon Sorokin");
    // Every script ends where it should: a stray end of the element would leave text behind it.
    assertThat(page.select("script")).hasSize(3);
    assertThat(page.body().ownText()).isBlank();
  }

  @Test
  void hostileNamesAreOnlyText() throws Exception {
    String hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>";
    List<String> tokens = List.of("<", "&", "\"", hostile);
    RunSummary clean = SampleRuns.finished(METRICS, tokens);
    RunSummary summary =
        new RunSummary(
            hostile,
            clean.written(),
            clean.round(),
            clean.config(),
            clean.metrics(),
            clean.model());
    Document page = page(summary);

    assertThat(page.select("script")).hasSize(3);
    assertThat(page.select("img")).isEmpty();
    assertThat(page.title()).isEqualTo(hostile);
    assertThat(page.select("h1").text()).isEqualTo(hostile);
    assertThat(page.select("pre").text()).contains(hostile);
    assertThat(ReportJson.inPage(List.of(hostile))).doesNotContain("<", ">", "&");
    assertThat(ReportJson.tree(ReportJson.inPage(List.of(hostile))).get(0).asText())
        .isEqualTo(hostile);
  }

  @Test
  void drawsLogosOfLettersAlone() throws Exception {
    assertThat(page(SampleRuns.finished(METRICS, DNA)).select("svg")).hasSize(2);
    Document marks = page(SampleRuns.finished(METRICS, List.of("<", "&", "\"", "'")));
    assertThat(marks.select("svg text.letter").eachText()).contains("<", "&", "\"");
    assertThat(page(SampleRuns.finished(METRICS, List.of("Ala", "C", "G", "T"))).select("svg"))
        .isEmpty();
    RunSummary strings = SampleRuns.finished(METRICS, List.of("0", "1", "2", "3"));
    TrainerConfig grid =
        ConfigLoader.parse(
            "test",
            "environment: {type: hypergrid, dimensions: 6, side: 4}\nreward: {type: hypergrid}\n",
            List.of());
    assertThat(page(strings).select("svg")).hasSize(2);
    Document cells =
        page(
            new RunSummary(
                strings.name(),
                strings.written(),
                strings.round(),
                grid,
                strings.metrics(),
                strings.model()));
    assertThat(cells.select("svg")).isEmpty();
    assertThat(cells.text()).doesNotContain("Sequence logos");
    assertThat(SequenceLogo.covers(List.of("A"))).isFalse();
    assertThat(
            SequenceLogo.covers(
                IntStream.range(0, 27).mapToObj(i -> "" + (char) (65 + i)).toList()))
        .isFalse();
  }

  @Test
  void lettersAreAsHighAsTheirInformation() {
    // Eight objects, one of which has the first position alone; none has the third.
    long[][] counts = {{0, 0, 0, 8}, {0, 4, 3, 0}, {0, 0, 0, 0}};
    SequenceLogo logo = SequenceLogo.of("test", DNA, counts);
    double[][] heights = logo.heights();

    // Schneider and Stephens: 2 bits less the entropy and 3 / (2 ln 2 n).
    assertThat(heights[0])
        .containsExactly(new double[] {0, 0, 0, 2 - 3 / (16 * Math.log(2))}, within(1e-12));
    double entropy = -(4 / 7.0 * Math.log(4 / 7.0) + 3 / 7.0 * Math.log(3 / 7.0)) / Math.log(2);
    double bits = 2 - entropy - 3 / (14 * Math.log(2));
    assertThat(heights[1])
        .containsExactly(new double[] {0, bits * 4 / 7, bits * 3 / 7, 0}, within(1e-12));
    assertThat(logo.consensus()).isEqualTo("TC");
    Element svg = Jsoup.parse(logo.svg()).selectFirst("svg");
    assertThat(Objects.requireNonNull(svg).select("text.letter").eachText())
        .containsExactly("T", "G", "C");
    assertThat(svg.attr("aria-label")).isEqualTo("test; consensus TC");
  }

  private Document page(RunSummary summary) throws Exception {
    RunReport.write(summary, directory);
    return Jsoup.parse(Files.readString(directory.resolve(RunReport.NAME)));
  }

  private static JsonNode charts(Document page) throws Exception {
    return JsonMapper.builder()
        .build()
        .readTree(Objects.requireNonNull(page.getElementById("charts")).data());
  }

  private static JsonNode chart(JsonNode charts, String title) {
    List<JsonNode> found =
        StreamSupport.stream(charts.spliterator(), false)
            .filter(chart -> chart.path("title").asText().equals(title))
            .toList();
    assertThat(found).as(title).hasSize(1);
    return found.get(0);
  }

  private static List<Double> numbers(JsonNode array) {
    List<Double> numbers = new ArrayList<>();
    array.forEach(number -> numbers.add(number.doubleValue()));
    return numbers;
  }
}
