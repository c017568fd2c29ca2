package io.logitflow.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.PythonEnvironment;
import io.logitflow.trainer.training.RoundMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Event files as TensorBoard itself reads them. Skipped where there is no Python, or its package
 * {@code tensorboard} cannot be had in time.
 */
class EventFileTest {
  @TempDir Path directory;

  @Test
  void tensorBoardReadsWhatWasWritten() throws Exception {
    List<RoundMetrics> metrics = SampleRuns.metrics(4, 5);
    Map<Long, double[]> drawn = new TreeMap<>();
    try (EventFile events = new EventFile(directory, 0)) {
      for (RoundMetrics round : metrics) {
        double[] values = new Random(round.round()).doubles(200, -3, 7).toArray();
        drawn.put(round.round(), values);
        events.write(
            round,
            Map.of("sampled/beta", values, "same", new double[] {2, 2}, "none", new double[0]));
      }
    }
    List<String[]> read = read();

    for (RoundMetrics round : metrics) {
      assertThat(scalar(read, "loss", round.round())).isEqualTo((float) round.loss());
      assertThat(scalar(read, "replay_loss", round.round()))
          .isEqualTo(Objects.requireNonNull(round.replayLoss()).floatValue());
      assertThat(scalar(read, "reward_calls", round.round()))
          .isEqualTo((double) round.rewardCalls());
      double[] values = Objects.requireNonNull(drawn.get(round.round()));
      double[] histogram = numbers(read, "histogram", "sampled/beta", round.round());
      assertThat(Arrays.copyOf(histogram, 5))
          .containsExactly(
              new double[] {
                Arrays.stream(values).min().orElseThrow(),
                Arrays.stream(values).max().orElseThrow(),
                200,
                Arrays.stream(values).sum(),
                Arrays.stream(values).map(value -> value * value).sum()
              },
              within(1e-9));
      int buckets = (histogram.length - 5) / 2;
      for (int bucket = 0; bucket < buckets; bucket++) {
        double low = bucket == 0 ? -10 : histogram[4 + bucket];
        double high = bucket == buckets - 1 ? 10 : histogram[5 + bucket];
        assertThat(histogram[5 + buckets + bucket])
            .isEqualTo((double) Arrays.stream(values).filter(x -> low <= x && x < high).count());
      }
      assertThat(Arrays.copyOf(numbers(read, "histogram", "same", round.round()), 5))
          .containsExactly(2, 2, 2, 4, 8);
    }
    assertThat(read.stream().map(line -> line[1]).distinct())
        .hasSize(RoundMetrics.class.getRecordComponents().length + 1)
        .doesNotContain("round", "none");
  }

  @Test
  void aResumedRunHasEveryRoundOnce() throws Exception {
    List<RoundMetrics> metrics = SampleRuns.metrics(6, 5);
    try (EventFile events = new EventFile(directory, 0)) {
      metrics.subList(0, 4).forEach(round -> events.write(round, Map.of()));
    }
    Path killed = directory.resolve(EventFile.DIRECTORY).resolve(files().get(0));
    byte[] bytes = Files.readAllBytes(killed);
    Files.write(killed, Arrays.copyOf(bytes, bytes.length - 7));
    long done = metrics.get(1).round() + 1;
    try (EventFile events = new EventFile(directory, done)) {
      for (RoundMetrics round : metrics.subList(2, 6)) {
        events.write(
            new RoundMetrics(
                round.round(),
                7,
                round.replayLoss(),
                0,
                round.modesFound(),
                round.rewardCalls(),
                null,
                null,
                null,
                null,
                1,
                null,
                null,
                null,
                null,
                null,
                null,
                null),
            Map.of());
      }
    }
    List<String[]> losses =
        read().stream()
            .filter(line -> line[1].equals("loss"))
            .sorted(Comparator.comparing(line -> Long.parseLong(line[2])))
            .toList();

    assertThat(files()).hasSize(2).isSorted();
    assertThat(losses.stream().map(line -> Long.parseLong(line[2])))
        .isEqualTo(metrics.stream().map(RoundMetrics::round).toList());
    assertThat(losses.stream().map(line -> Float.parseFloat(line[3])))
        .containsExactly(
            (float) metrics.get(0).loss(), (float) metrics.get(1).loss(), 7f, 7f, 7f, 7f);
  }

  @Test
  void aFileThatWasDeletedOrIsNotOursMakesNoRunImpossibleToResume() throws Exception {
    for (int process = 0; process < 3; process++) {
      new EventFile(directory, 0).close();
    }
    Path folder = directory.resolve(EventFile.DIRECTORY);
    Files.delete(folder.resolve(files().get(0)));
    new EventFile(directory, 0).close();
    Files.createFile(folder.resolve("notes.txt"));
    new EventFile(directory, 0).close();

    assertThat(files())
        .containsExactly(
            "events.out.tfevents.0000000001.logitflow",
            "events.out.tfevents.0000000002.logitflow",
            "events.out.tfevents.0000000003.logitflow",
            "events.out.tfevents.0000000004.logitflow",
            "notes.txt");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(EventFile.DIRECTORY))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static double scalar(List<String[]> read, String tag, long step) {
    return numbers(read, "scalar", tag, step)[0];
  }

  private static double[] numbers(List<String[]> read, String kind, String tag, long step) {
    List<String[]> found =
        read.stream()
            .filter(
                line ->
                    line[0].equals(kind)
                        && line[1].equals(tag)
                        && line[2].equals(Long.toString(step)))
            .toList();
    assertThat(found).as("%s %s of step %s", kind, tag, step).hasSize(1);
    return Arrays.stream(found.get(0)).skip(3).mapToDouble(Double::parseDouble).toArray();
  }

  private List<String[]> read() throws Exception {
    // TensorBoard needs pkg_resources, which later setuptools lack.
    PythonEnvironment python =
        PythonEnvironment.with("tensorboard", List.of("tensorboard", "setuptools<81"));
    Path script = directory.resolve("read_events.py");
    try (var resource = EventFileTest.class.getResourceAsStream("read_events.py")) {
      Files.copy(Objects.requireNonNull(resource), script);
    }
    Path printed = directory.resolve("printed");
    assertThat(python.run(printed, script, directory.resolve(EventFile.DIRECTORY))).isEmpty();
    List<String[]> lines = new ArrayList<>();
    Files.readAllLines(printed).forEach(line -> lines.add(line.split(" ")));
    return lines;
  }
}
