package io.logitflow.trainer.reproduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.config.ConditioningConfig;
import io.logitflow.trainer.config.ConfigComparison;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.reproduction.Experiment.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExperimentTest {
  private static final Path EXPERIMENTS = Path.of("experiments");

  /** What differs where a model knows one β alone. */
  private static final List<String> BETA =
      List.of("training.beta.", "training.exploration.beta.", "evaluation.betas");

  private static final List<String> NOTHING = List.of();

  @TempDir Path folder;

  static List<String> names() {
    return Experiment.NAMES;
  }

  @Test
  void thoseNamedAreThoseThatThereAre() throws IOException {
    try (Stream<Path> entries = Files.list(EXPERIMENTS)) {
      assertThat(entries.map(entry -> entry.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(Experiment.NAMES);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void variantsOfAPartDifferInNothingButHowBetaEnters(String name) {
    Path directory = EXPERIMENTS.resolve(name);
    Experiment experiment = Experiment.read(directory);
    for (Experiment.Part part : experiment.parts()) {
      List<TrainerConfig> configs =
          experiment.runs(1).stream()
              .filter(run -> run.part().equals(part) && run.variant().config() == null)
              .map(run -> Experiment.load(directory, run).config())
              .toList();
      assertThat(configs).hasSize(7);
      assertThat(configs.stream().map(config -> comparable(config, BETA)).distinct()).hasSize(1);
      assertThat(
              configs.stream()
                  .filter(config -> !knowsOneBeta(config))
                  .map(config -> comparable(config, NOTHING)))
          .hasSize(6)
          .containsOnly(comparable(configs.get(1), NOTHING));
    }
  }

  private static boolean knowsOneBeta(TrainerConfig config) {
    return config.policy().conditioning() instanceof ConditioningConfig.None;
  }

  /** Leaves out how β enters, and keys of the given beginnings. */
  private static Map<String, String> comparable(TrainerConfig config, List<String> leftOut) {
    Map<String, String> values = ConfigComparison.learning(config);
    values.keySet().removeIf(key -> key.startsWith("policy.conditioning."));
    values.keySet().removeIf(key -> leftOut.stream().anyMatch(key::startsWith));
    return values;
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyRunHasANameAndASeedOfItsOwn(String name) {
    Path directory = EXPERIMENTS.resolve(name);
    List<Run> runs = Experiment.read(directory).runs(2);
    assertThat(runs.stream().map(Run::name)).doesNotHaveDuplicates();
    assertThat(runs).allMatch(run -> Experiment.load(directory, run).config().seed() == run.seed());
  }

  @ParameterizedTest
  @MethodSource("names")
  void referencesStandUnderTheColumnsOfTheirTable(String name) {
    assertThat(Experiment.read(EXPERIMENTS.resolve(name)).views())
        .allSatisfy(
            view ->
                assertThat(view.references())
                    .allMatch(reference -> reference.values().size() == view.columns().size()));
  }

  @Test
  void aDescriptionThatIsNoneIsRefused() throws IOException {
    assertThatThrownBy(() -> Experiment.read(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            folder.resolve("experiment.yaml")
                + ": found no such file, expected the description of an experiment");
    Files.writeString(folder.resolve("experiment.yaml"), "titel: x\n");
    assertThatThrownBy(() -> Experiment.read(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(folder.resolve("experiment.yaml") + ": found Unrecognized field");
  }
}
