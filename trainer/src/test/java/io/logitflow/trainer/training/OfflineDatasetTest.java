package io.logitflow.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Sha256;
import io.logitflow.trainer.config.OfflineConfig;
import io.logitflow.trainer.environment.ObjectText;
import io.logitflow.trainer.oracle.Landscape;
import io.logitflow.trainer.reward.ScoredObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineDatasetTest {
  @TempDir Path folder;
  private Landscape landscape;
  private Path file;

  @BeforeEach
  void open() throws IOException {
    landscape =
        new Landscape(
            folder,
            "{type: autoregressive, tokens: [A, C], minimum_length: 1, length: 3}",
            "training.batch=4");
    file = folder.resolve("measured.csv");
  }

  @Test
  void leavesOutScoresAboveTheQuantile() throws IOException {
    Files.writeString(file, "s,y\nAAA,4\nC,1\nAC,2\nCCC,2\nCA,7\n");
    assertThat(scores(1)).hasSize(5).containsEntry("CA", 7.0);
    assertThat(scores(0.8)).hasSize(4).containsEntry("AAA", 4.0).doesNotContainKey("CA");
    // Of five, 2 is the least that half do not exceed; both rows that have it stay.
    assertThat(scores(0.5).toString()).isEqualTo("{AC=2.0, C=1.0, CCC=2.0}");
    assertThat(scores(0.2)).containsOnlyKeys("C");
    assertThat(scores(0.0001)).containsOnlyKeys("C");
    assertThat(read(1).fingerprint()).isEqualTo(Sha256.of(file));
  }

  @Test
  void drawsEveryObjectAlikeWithItsScore() throws IOException {
    Files.writeString(file, "s,y\nAAA,4\nC,1\nAC,2\n");
    ScoredObjects drawn = read(1).draw(new Random(1), 30_000);
    Map<Double, Integer> lengths = Map.of(4.0, 3, 1.0, 1, 2.0, 2);
    int[] counts = new int[5];
    for (int row = 0; row < drawn.rows(); row++) {
      assertThat(drawn.objects().lengths()[row]).isEqualTo(lengths.get(drawn.scores()[row]));
      counts[(int) drawn.scores()[row]]++;
    }
    for (int score : new int[] {1, 2, 4}) {
      assertThat(counts[score]).isBetween(9_600, 10_400);
    }
  }

  @Test
  void namesEveryRowAtFault() throws IOException {
    Files.writeString(file, "s,y\nAAA,4\nAG,1\nC,NaN\nAAA,4\n");
    assertThatThrownBy(() -> read(1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "%1$s:3: found token \"G\" in \"AG\", expected tokens among A, C%n"
                    .formatted(file)
                    .replace(System.lineSeparator(), "\n")
                + file
                + ":4: found score \"NaN\", expected a finite number\n"
                + file
                + ":5: found \"AAA\" for the second time, expected each object once");
    Files.writeString(file, "s,y\n");
    assertThatThrownBy(() -> read(1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": found no rows, expected a row for each object");
  }

  private OfflineDataset read(double quantile) {
    OfflineConfig config = new OfflineConfig(file.getFileName(), "s", "y", quantile, 1);
    return OfflineDataset.read(config, folder, landscape.environment());
  }

  private Map<String, Double> scores(double quantile) {
    ScoredObjects objects = read(quantile).objects();
    ObjectText text = new ObjectText(landscape.environment());
    Map<String, Double> scores = new TreeMap<>();
    for (int row = 0; row < objects.rows(); row++) {
      scores.put(text.format(objects.objects(), row), objects.scores()[row]);
    }
    return scores;
  }
}
