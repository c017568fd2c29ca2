package io.logitflow.trainer.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitflow.contract.command.Repository;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTrainCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void beOfTheLauncher() {
    System.setProperty(Repository.LAUNCHER, TrainerRun.LAUNCHER.toString());
  }

  @AfterEach
  void beOfNobody() {
    System.clearProperty(Repository.LAUNCHER);
  }

  @Test
  void writesEveryStepBesideItsFloorAndWhatSharedStatesGain() throws Exception {
    Path file = folder.resolve("speed.json");
    TrainerRun run =
        TrainerRun.here(
            "bench", "train", "--batch=2,5", "--width=8", "--block=0.001", "--json", file);
    assertThat(run.error()).isEmpty();
    assertThat(run.status()).isZero();

    JsonNode entries = new ObjectMapper().readTree(file.toFile());
    assertThat(entries.findValuesAsText("name"))
        .containsExactly(
            "step.b2.w8.plain",
            "step.b2.w8.unique",
            "gain.b2.w8",
            "step.b5.w8.plain",
            "step.b5.w8.unique",
            "gain.b5.w8",
            "overlap.reward50ms");
    for (JsonNode entry : entries) {
      assertThat(entry.fieldNames())
          .toIterable()
          .containsExactly("name", "value", "unit", "baseline", "ratio");
      String kind = entry.get("name").asText().replaceFirst("[.].*", "");
      assertThat(entry.get("unit").asText())
          .isEqualTo(Map.of("step", "ms", "gain", "times", "overlap", "rounds/s").get(kind));
      assertThat(entry.get("baseline").asDouble()).isPositive();
      assertThat(entry.get("ratio").asDouble())
          .isCloseTo(
              entry.get("value").asDouble() / entry.get("baseline").asDouble(), within(1e-9));
    }
    // The floors are in the ratio of the states, since all else of them is the same.
    double plainFloor = entries.get(0).get("baseline").asDouble();
    double uniqueFloor = entries.get(1).get("baseline").asDouble();
    double fewerStates = entries.get(2).get("baseline").asDouble();
    assertThat(fewerStates).isGreaterThan(1);
    assertThat(plainFloor / uniqueFloor).isCloseTo(fewerStates, within(1e-9));

    List<String> steps = run.output().lines().filter(line -> line.startsWith("step.")).toList();
    assertThat(steps).hasSize(4);
    assertThat(cells(steps.get(0))).hasSize(13).element(10).isEqualTo("16"); // 2 trajectories of 8.
    assertThat(cells(steps.get(2))).element(10).isEqualTo("40");
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(TrainerRun.here("bench"))
        .isEqualTo(new TrainerRun(2, "", "bench: found nothing, expected train or sample\n"));
    assertThat(TrainerRun.here("bench", "sampel"))
        .isEqualTo(new TrainerRun(2, "", "bench: found sampel, expected train or sample\n"));
    for (String[] list : new String[][] {{"--batch=1,"}, {"--batch", "1,"}}) {
      List<String> arguments = new ArrayList<>(List.of("bench", "train"));
      arguments.addAll(List.of(list));
      assertThat(TrainerRun.here(arguments.toArray()))
          .isEqualTo(
              new TrainerRun(
                  2, "", "--batch: found \"1,\", expected a number before and after each comma\n"));
    }
    assertThat(TrainerRun.here("bench", "train", "--batch=0", "--width=16385", "--block=0"))
        .isEqualTo(
            new TrainerRun(
                2,
                "",
                """
                --batch: found 0, expected 1 to 65536
                --width: found 16385, expected 1 to 16384
                --block: found 0.0, expected seconds above 0, to 60
                """));
    assertThat(TrainerRun.here("bench", "train", "--batch=few"))
        .isEqualTo(
            new TrainerRun(
                2, "", "--batch: found few, expected a whole number of up to 32 bits\n"));
    assertThat(TrainerRun.here("bench", "train", "--json", folder))
        .isEqualTo(new TrainerRun(2, "", folder + ": found a directory, expected a file's name\n"));
    System.clearProperty(Repository.LAUNCHER);
    assertThat(TrainerRun.here("bench", "train"))
        .isEqualTo(
            new TrainerRun(
                1,
                "",
                "bench train: started without its script, expected ./logitflow bench train\n"));
  }

  private static List<String> cells(String line) {
    return Stream.of(line.strip().split(" +", -1)).toList();
  }
}
