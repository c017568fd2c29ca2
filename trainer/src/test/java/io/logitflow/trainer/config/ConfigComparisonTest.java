package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.contract.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigComparisonTest {
  private static final String YAML =
      """
      environment: {type: prepend-append, tokens: [A, C], length: 3}
      reward: {type: table, file: scores.csv, object_column: sequence, score_column: score}
      """;

  @Test
  void onlyRoundsMayDiffer() {
    assertThat(differences("training.rounds=7")).isEmpty();
  }

  @Test
  void everyOtherLeafIsNamedWithBothValues() {
    assertThat(
            differences(
                "seed=3",
                "environment.tokens=[A, C, G]",
                "training.beta={type: constant, value: 2}",
                "training.rounds=7",
                "evaluation.modes={file: m.csv, object_column: o}"))
        .containsExactly(
            "seed: found 3, expected 0 as in the checkpoint",
            "environment.tokens: found [\"A\",\"C\",\"G\"], expected [\"A\",\"C\"] as in the"
                + " checkpoint",
            "training.beta.type: found \"constant\", expected \"uniform\" as in the checkpoint",
            "training.beta.low: found nothing, expected 1.0 as in the checkpoint",
            "training.beta.high: found nothing, expected 3.0 as in the checkpoint",
            "training.beta.value: found 2.0, expected nothing as in the checkpoint",
            "evaluation.modes.type: found \"list\", expected nothing as in the checkpoint",
            "evaluation.modes.file: found \"m.csv\", expected nothing as in the checkpoint",
            "evaluation.modes.object_column: found \"o\", expected nothing as in the checkpoint");
  }

  private static List<String> differences(String... settings) {
    TrainerConfig saved = ConfigLoader.parse("c.yaml", YAML, List.of());
    TrainerConfig wanted = ConfigLoader.parse("c.yaml", YAML, List.of(settings));
    return ConfigComparison.differences(saved, wanted).stream().map(Problem::toString).toList();
  }
}
