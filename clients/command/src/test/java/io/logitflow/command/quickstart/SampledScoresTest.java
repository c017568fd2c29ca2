package io.logitflow.command.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import io.logitflow.contract.LogitFlowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampledScoresTest {
  private static final ScoreTable TABLE = new ScoreTable(Map.of("A", 0.25, "C", 0.75, "G", 1.0));

  @Test
  void collectsTheScoresAndDistinctModesOfEachBeta(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("candidates.csv"),
            """
            row,beta,object,log_pf
            0,1.0,A,-1.0
            1,1.0,C,-1.0
            2,1.0,C,-1.0
            3,1.0,G,-1.0
            4,10.0,A,-1.0
            """);

    Map<Float, SampledScores> sampled = SampledScores.read(file, TABLE, Set.of("C", "G"));

    assertThat(sampled)
        .containsOnly(
            entry(1f, new SampledScores(List.of(0.25, 0.75, 0.75, 1.0), 2)),
            entry(10f, new SampledScores(List.of(0.25), 0)));
  }

  @Test
  void averagesTheScores() {
    assertThat(new SampledScores(List.of(0.25, 0.75, 0.75, 1.0), 2).mean())
        .isCloseTo(0.6875, within(1e-12));
  }

  @Test
  void refusesAnObjectWithoutScore(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("c.csv"), "beta,object\n1.0,T\n");

    assertThatThrownBy(() -> SampledScores.read(file, TABLE, Set.of()))
        .isInstanceOf(LogitFlowException.class)
        .hasMessage(file + ":2: found T, expected an object that the table scores");
  }

  @Test
  void readsTheModesOfTheExample() {
    assertThat(SampledScores.readModes(Path.of("../../trainer/examples/tfbind8/modes.csv")))
        .hasSize(328)
        .contains("AGGTATCA");
  }
}
