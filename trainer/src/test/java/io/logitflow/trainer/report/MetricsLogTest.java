package io.logitflow.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.trainer.training.RoundMetrics;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsLogTest {
  @TempDir Path directory;

  @Test
  void writesEveryComponentOfARoundInSnakeCase() throws Exception {
    try (MetricsLog log = new MetricsLog(directory, List.of())) {
      log.write(SampleRuns.metrics(1, 5).get(0));
    }
    JsonNode line = JsonMapper.builder().build().readTree(lines().get(0));
    RoundMetrics written = SampleRuns.metrics(1, 5).get(0);

    assertThat(line.properties()).hasSize(RoundMetrics.class.getRecordComponents().length);
    for (RecordComponent component : RoundMetrics.class.getRecordComponents()) {
      String key = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
      assertThat(line.path(key).asText())
          .isEqualTo(String.valueOf(component.getAccessor().invoke(written)));
    }
  }

  @Test
  void canBeReadWhileTheRunGoesOn() throws Exception {
    List<RoundMetrics> all = SampleRuns.metrics(6, 5);
    try (MetricsLog log = new MetricsLog(directory, List.of())) {
      assertThat(lines()).isEmpty();
      all.subList(0, 2).forEach(log::write);
      assertThat(lines()).hasSize(2);
      all.subList(2, 6).forEach(log::write);
      assertThat(lines()).hasSize(6);
    }
  }

  @Test
  void holdsExactlyTheRoundsOfTheRunAfterAKill() throws Exception {
    List<RoundMetrics> all = SampleRuns.metrics(6, 5);
    Path straight = Files.createDirectories(directory.resolve("straight"));
    try (MetricsLog log = new MetricsLog(straight, List.of())) {
      all.forEach(log::write);
    }
    try (MetricsLog log = new MetricsLog(directory, List.of())) {
      all.subList(0, 5).forEach(log::write);
    }
    Path file = directory.resolve(MetricsLog.NAME);
    Files.writeString(file, Files.readString(file) + "{\"round\":29,\"lo");
    try (MetricsLog log = new MetricsLog(directory, all.subList(0, 3))) {
      assertThat(lines()).hasSize(3);
      all.subList(3, 6).forEach(log::write);
    }

    assertThat(file).hasSameBinaryContentAs(straight.resolve(MetricsLog.NAME));
  }

  @Test
  void readsBackAsTheTableOfItsRounds() throws Exception {
    List<RoundMetrics> all = SampleRuns.metrics(6, 5);
    try (MetricsLog log = new MetricsLog(directory, List.of())) {
      all.forEach(log::write);
    }
    Path file = directory.resolve(MetricsLog.NAME);
    Files.writeString(file, Files.readString(file) + "{\"round\":34,\"lo");

    MetricsTable table = MetricsTable.read(directory);

    assertThat(table).isEqualTo(MetricsTable.of(all));
    assertThat(table.rows()).isEqualTo(6);
    assertThat(table.column("loss")).isEqualTo(all.stream().map(RoundMetrics::loss).toList());
    assertThat(table.column("reward_calls")).last().isEqualTo((double) all.get(5).rewardCalls());
    assertThat(new TreeSet<>(table.columns().keySet()))
        .hasSize(RoundMetrics.class.getRecordComponents().length);
  }

  @Test
  void aMetricThatSomeRoundsLackHasGaps() throws Exception {
    Files.writeString(
        directory.resolve(MetricsLog.NAME),
        """
        {"round":4,"loss":2}
        {"round":9,"top":{"mean":0.5,"of":[1,2]},"loss":"NaN"}
        {"round":14,"loss":1.5}
        """);

    MetricsTable table = MetricsTable.read(directory);

    assertThat(table.column("loss")).containsExactly(2.0, null, 1.5);
    assertThat(table.column("top.mean")).containsExactly(null, 0.5, null);
    assertThat(table.column("top.of.1")).containsExactly(null, 2.0, null);
    assertThat(table.column("none")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "loss 3 | '\"loss 3\"' | a JSON object",
        "[1] | '\"[1]\"' | a JSON object",
        "{\"loss\":1} | no round | a round above 4",
        "{\"round\":4} | round 4 | a round above 4"
      })
  void refusesALineThatIsNotItsOwn(String line, String found, String expected) throws Exception {
    Path file =
        Files.writeString(directory.resolve(MetricsLog.NAME), "{\"round\":4}\n" + line + "\n");

    assertThatThrownBy(() -> MetricsTable.read(directory))
        .hasMessage("%s:2: found %s, expected %s", file, found, expected);
  }

  @Test
  void refusesADirectoryWithoutMetrics() {
    assertThatThrownBy(() -> MetricsTable.read(directory))
        .hasMessage(
            "%s: found no such file, expected the metrics of a run of ./logitflow train",
            directory.resolve(MetricsLog.NAME));
  }

  private List<String> lines() throws Exception {
    return List.of(
        Files.readString(directory.resolve(MetricsLog.NAME)).lines().toArray(String[]::new));
  }
}
