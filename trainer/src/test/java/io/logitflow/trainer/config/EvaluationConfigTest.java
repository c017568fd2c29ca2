package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationConfigTest {
  @Test
  void hasDefaults() {
    assertThat(parse(""))
        .isEqualTo(
            new EvaluationConfig(
                List.of(1f, 3f), 10_000, 0, 100, 50, new TestSetConfig.Uniform(1000), null));
  }

  @Test
  void modesAreAListWhereTheyNameNoType() {
    ModesConfig list = new ModesConfig.Listed(Path.of("m.csv"), "o");
    assertThat(parse("modes: {file: m.csv, object_column: o}").modes()).isEqualTo(list);
    assertThat(parse("modes: {type: list, file: m.csv, object_column: o}").modes()).isEqualTo(list);
    assertThat(parse("modes: {type: hamming, least_score: 0.9, distance: 2}").modes())
        .isEqualTo(new ModesConfig.Hamming(0.9, 2));
  }

  @Test
  void theTestSetIsDrawnOrRead() {
    assertThat(parse("test_set: {objects: 30}").testSet()).isEqualTo(new TestSetConfig.Uniform(30));
    assertThat(parse("test_set: {type: table, file: t.csv, object_column: o}").testSet())
        .isEqualTo(new TestSetConfig.Table(Path.of("t.csv"), "o"));
  }

  @Test
  void faultsNameTheKey() {
    assertThat(
            faults(
                "interval: -1, top: 0, trajectories: 1, test_set: {objects: 1}, modes: {type:"
                    + " hamming, distance: 0}"))
        .containsExactly(
            "c.yaml: evaluation.interval: found -1, expected an integer of at least 0",
            "c.yaml: evaluation.top: found 0, expected an integer of at least 1",
            "c.yaml: evaluation.trajectories: found 1, expected an integer of at least 2",
            "c.yaml: evaluation.test_set.objects: found 1, expected an integer of at least 2",
            "c.yaml: evaluation.modes.least_score: found nothing, expected a finite number",
            "c.yaml: evaluation.modes.distance: found 0, expected an integer of at least 1");
    assertThat(faults("modes: {type: 3}, test_set: {type: all}"))
        .containsExactly(
            "c.yaml: evaluation.modes.type: found 3, expected one of list, hamming",
            "c.yaml: evaluation.test_set.type: found \"all\", expected one of uniform, table");
    assertThat(faults("modes: {least_score: 1}"))
        .containsExactly(
            "c.yaml: evaluation.modes.file: found nothing, expected a file's name",
            "c.yaml: evaluation.modes.object_column: found nothing, expected text",
            "c.yaml: evaluation.modes.least_score: found unknown key, expected one of type, file,"
                + " object_column");
  }

  @Test
  void betasAreDistinctAndModesNoFartherApartThanObjectsCanBe() {
    assertThat(faults("betas: [1, 2, 1.0], modes: {type: hamming, least_score: 0, distance: 9}"))
        .containsExactly(
            "c.yaml: evaluation.betas[2]: found 1.0 for the second time, expected distinct inverse"
                + " temperatures",
            "c.yaml: evaluation.modes.distance: found 9, expected at most the 8 tokens of an"
                + " object");
    assertThat(parse("modes: {type: hamming, least_score: 0, distance: 8}").modes()).isNotNull();
  }

  private static EvaluationConfig parse(String keys) {
    return ConfigLoader.parse("c.yaml", yaml(keys), List.of()).evaluation();
  }

  private static List<String> faults(String keys) {
    InvalidInputException refusal =
        catchThrowableOfType(InvalidInputException.class, () -> parse(keys));
    return refusal.problems().stream().map(Problem::toString).toList();
  }

  private static String yaml(String keys) {
    return """
        environment: {type: prepend-append, tokens: [A, C, G, T], length: 8}
        reward: {type: table, file: scores.csv, object_column: sequence, score_column: score}
        evaluation: {%s}
        """
        .formatted(keys);
  }
}
