package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of the command line over the file's values and the defaults. */
class ConfigSettingsTest {
  private static final String MINIMAL =
      """
      environment: {type: prepend-append, tokens: [A, C, G, T], length: 8}
      reward: {type: table, file: scores.csv.gz, object_column: sequence, score_column: score}
      """;

  private static final Path TFBIND8 = Path.of("examples/tfbind8/tfbind8.yaml");

  @Test
  void settingsReplaceTheFilesValues() {
    TrainerConfig config =
        parse(
            MINIMAL + "seed: 3\ntraining: {rounds: 9, beta: {type: uniform, low: 2, high: 4}}",
            "seed=4",
            "training.rounds=400",
            "policy.hidden_widths=[8, 16]",
            "training.beta.type=constant",
            "training.beta.value=2.5",
            "reward.file=other=1.csv");

    assertThat(config.seed()).isEqualTo(4);
    assertThat(config.training().rounds()).isEqualTo(400);
    assertThat(config.policy().hiddenWidths()).containsExactly(8, 16);
    assertThat(config.training().beta()).isEqualTo(new BetaConfig.Constant(2.5f));
    assertThat(config.reward())
        .isEqualTo(new RewardConfig.Table(Path.of("other=1.csv"), "sequence", "score"));
    assertThat(parse(MINIMAL, "training.beta={type: constant, value: 1}").training().beta())
        .isEqualTo(new BetaConfig.Constant(1));
  }

  @Test
  void faultsOfSettingsNameTheSetting() {
    assertThat(
            faults(
                MINIMAL + "seed: x",
                "training.replay.capacty=5",
                "training.batch=\"7\"",
                "optimiser.gradient_norm.a=1",
                "foo.bar=1"))
        .containsExactlyInAnyOrder(
            "c.yaml: seed: found \"x\", expected an integer",
            "--set training.replay.capacty: found unknown key, expected one of type, capacity",
            "--set training.batch: found \"7\", expected an integer",
            "--set optimiser.gradient_norm: found a section, expected a finite number",
            "--set foo: found unknown key, expected one of seed, environment, reward, log_reward,"
                + " policy, training, optimiser, evaluation");
    assertThat(faults(MINIMAL, "training.rounds", "=3", "seed=", "policy=[1", "a..b=1"))
        .containsExactly(
            "--set: found \"training.rounds\", expected path=value, as in seed=1",
            "--set: found \"=3\", expected path=value, as in seed=1",
            "--set seed: found nothing, expected a value",
            "--set policy:1:3: found expected ',' or ']', but got <stream end>, expected one YAML"
                + " document",
            "--set: found \"a..b=1\", expected path=value, as in seed=1");
    assertThat(faults(MINIMAL, "foo", "training.batch=x"))
        .containsExactly(
            "--set training.batch: found \"x\", expected an integer",
            "--set: found \"foo\", expected path=value, as in seed=1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{type: fifo, capacity: 7}",
        "{capacity: 7}", // Of the type that the defaults give it.
      })
  void aSectionOfAnotherTypeReplacesTheFilesWhole(String replay) {
    String file = MINIMAL + "training: {replay: " + replay + "}\n";
    assertThat(parse(file, "training.replay={type: none}").training().replay())
        .isEqualTo(new ReplayConfig.None());
    assertThat(
            parse(file, "training.replay={type: percentile, percentile: 50}").training().replay())
        .isEqualTo(new ReplayConfig.Percentile(100_000, 50));
    assertThat(
            parse(file, "training.replay={capacity: 9}", "training.replay={type: none}")
                .training()
                .replay())
        .isEqualTo(new ReplayConfig.None());
    assertThat(
            parse(
                    file,
                    "training.replay.capacity=9",
                    "training.replay={type: prioritised, by: loss}")
                .training()
                .replay())
        .isEqualTo(new ReplayConfig.Prioritised(100_000, ReplayConfig.Priority.LOSS, 1));
  }

  @Test
  void theExamplesSectionsWithoutATypeAreThoseOfTheDefaults() {
    TrainerConfig config =
        ConfigLoader.load(
                TFBIND8,
                List.of(
                    "training.replay={type: none}",
                    "evaluation.modes={type: hamming, least_score: 0.5, distance: 2}"))
            .config();
    assertThat(config.training().replay()).isEqualTo(new ReplayConfig.None());
    assertThat(config.evaluation().modes()).isEqualTo(new ModesConfig.Hamming(0.5, 2));
  }

  @Test
  void aTypeAloneKeepsWhatBothTypesHave() {
    String file =
        MINIMAL
            + """
            policy:
              conditioning: {type: layer, encoding: {type: thermometer, low: 1, high: 9}}
            training: {beta: {low: 2, high: 4}, replay: {capacity: 7}}
            """;
    assertThat(parse(file, "training.beta.type=log-uniform").training().beta())
        .isEqualTo(new BetaConfig.LogUniform(2, 4));
    assertThat(parse(file, "training.beta={type: log-uniform}").training().beta())
        .isEqualTo(new BetaConfig.LogUniform(2, 4));
    assertThat(
            parse(
                    file,
                    "training.beta.type=clipped-normal",
                    "training.beta.mean=3",
                    "training.beta.standard_deviation=1")
                .training()
                .beta())
        .isEqualTo(new BetaConfig.ClippedNormal(3, 1, 2, 4));
    assertThat(parse(file, "training.replay.type=percentile").training().replay())
        .isEqualTo(new ReplayConfig.Percentile(7, 90));
    assertThat(parse(file, "training.replay.type=none").training().replay())
        .isEqualTo(new ReplayConfig.None());
    assertThat(parse(file, "policy.conditioning.type=logit-scale+layer").policy().conditioning())
        .isEqualTo(
            new ConditioningConfig.LogitScaleAndLayer(
                ConditioningConfig.ScaleForm.POSITIVE,
                1,
                new ConditioningConfig.Thermometer(32, 1, 9)));
    assertThat(parse(file, "environment.type=autoregressive").environment())
        .isEqualTo(new EnvironmentConfig.Autoregressive(List.of("A", "C", "G", "T"), "", null, 8));
    assertThat(
            parse(file, "training.beta.value=2", "training.beta.type=constant").training().beta())
        .isEqualTo(new BetaConfig.Constant(2));
  }

  @Test
  void aTypeAloneDropsNothingThatWasAskedForOnTheCommandLine() {
    assertThat(faults(MINIMAL, "training.replay.capacty=5", "training.replay.type=percentile"))
        .containsExactly(
            "--set training.replay.capacty: found unknown key, expected one of type, capacity,"
                + " percentile");
    assertThat(faults(MINIMAL, "training.replay.capacity=5", "training.replay.type=none"))
        .containsExactly("--set training.replay.capacity: found unknown key, expected one of type");
    assertThat(faults(MINIMAL, "training.beta.low=2", "training.beta.type=gaussian"))
        .containsExactly(
            "--set training.beta.type: found \"gaussian\", expected one of uniform, constant,"
                + " clipped-normal, log-uniform, exponential-uniform, annealed");
  }

  @ParameterizedTest
  @CsvSource({"uniform", "log-uniform", "exponential-uniform"})
  void rangesOfBetaHaveTheSameDefaults(String type) {
    BetaConfig beta = parse(MINIMAL, "training.beta.type=" + type).training().beta();
    assertThat(List.of(beta.low(), beta.high())).containsExactly(1f, 3f);
  }

  @Test
  void ofOnePathTheLastSettingCounts() {
    BetaConfig beta =
        parse(
                MINIMAL,
                "training.beta.low=2",
                "training.beta={type: uniform, low: 1.5, high: 9}",
                "training.beta.low=4")
            .training()
            .beta();
    assertThat(beta).isEqualTo(new BetaConfig.Uniform(4, 9));
  }

  private static TrainerConfig parse(String yaml, String... settings) {
    return ConfigLoader.parse("c.yaml", yaml, List.of(settings));
  }

  private static List<String> faults(String yaml, String... settings) {
    InvalidInputException refusal =
        catchThrowableOfType(InvalidInputException.class, () -> parse(yaml, settings));
    return refusal.problems().stream().map(Problem::toString).toList();
  }
}
