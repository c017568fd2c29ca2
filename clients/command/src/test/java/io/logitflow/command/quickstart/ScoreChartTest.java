package io.logitflow.command.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.client.RewardTransform;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreChartTest {
  private static final Path TABLE = Path.of("../../trainer/examples/tfbind8/tfbind8.csv.gz");
  private static final RewardTransform TRANSFORM = new RewardTransform(0.001, 3, 10);

  private final Path directory;

  ScoreChartTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void drawsAPictureOfTheStatedSizeWithAllThatItShows() throws IOException {
    Path file = directory.resolve("scores.png");
    ScoreTable table = ScoreTable.read(TABLE);
    List<ScoreChart.Panel> panels = new ArrayList<>();
    for (float beta : new float[] {1, 3, 10}) {
      double[] target = table.target(TRANSFORM, beta);
      panels.add(
          ScoreChart.Panel.of(
              "beta = " + QuickstartReport.betaText(beta, beta > 3),
              draw(table, target),
              table,
              target));
    }

    new ScoreChart("Scores of samples and of the target", panels).write(file);

    BufferedImage picture = ImageIO.read(file.toFile());
    assertThat(picture.getWidth()).isEqualTo(1200);
    assertThat(picture.getHeight()).isEqualTo(500);
    for (int panel = 0; panel < 3; panel++) {
      assertThat(colours(picture, panel)).contains(0x9CC9E8, 0xC63D0F);
    }
    try (var left = Files.list(directory)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void aPanelComparesTheTwoDistributionsInTheSameBins() {
    ScoreTable table = new ScoreTable(Map.of("A", 0.0, "C", 1.0));

    ScoreChart.Panel panel =
        ScoreChart.Panel.of(
            "one", new SampledScores(List.of(0.0, 1.0, 1.0, 1.0), 0), table, new double[] {1, 0});

    assertThat(panel.sampled().mass()).hasSize(40).startsWith(0.25).endsWith(0.75);
    assertThat(panel.target().mass()).hasSize(40);
    assertThat(panel.target().low()).isZero();
    assertThat(panel.target().high()).isEqualTo(1);
  }

  private static Set<Integer> colours(BufferedImage picture, int panel) {
    Set<Integer> colours = new HashSet<>();
    for (int x = panel * 400; x < (panel + 1) * 400; x++) {
      for (int y = 0; y < picture.getHeight(); y++) {
        colours.add(picture.getRGB(x, y) & 0xFFFFFF);
      }
    }
    return colours;
  }

  private static SampledScores draw(ScoreTable table, double[] target) {
    double[] cumulative = target.clone();
    Arrays.parallelPrefix(cumulative, Double::sum);
    SplittableRandom random = new SplittableRandom(1);
    double[] all = table.scores();
    List<Double> scores = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      int at = Arrays.binarySearch(cumulative, random.nextDouble());
      scores.add(all[Math.min(at < 0 ? -at - 1 : at, cumulative.length - 1)]);
    }
    return new SampledScores(scores, 0);
  }
}
