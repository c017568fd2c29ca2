package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
  private static final String MINIMAL =
      """
      environment: {type: prepend-append, tokens: [A, C, G, T], length: 8}
      reward: {type: table, file: scores.csv.gz, object_column: sequence, score_column: score}
      """;

  @Test
  void aMinimalFileGetsEveryDefault() {
    assertThat(ConfigLoader.toYaml(parse(MINIMAL)))
        .isEqualTo(
            """
            seed: 0
            environment:
              type: "prepend-append"
              tokens:
              - "A"
              - "C"
              - "G"
              - "T"
              separator: ""
              length: 8
            reward:
              type: "table"
              file: "scores.csv.gz"
              object_column: "sequence"
              score_column: "score"
            log_reward:
              floor: 0.001
              exponent: 1.0
              scale: 1.0
            policy:
              network: "mlp"
              hidden_widths:
              - 256
              - 256
              conditioning:
                type: "logit-scale"
                form: "positive"
                heads: 1
              backward: "uniform"
              initial_log_partition: 0.0
            training:
              rounds: 2000
              batch: 256
              objective:
                type: "trajectory-balance"
              beta:
                type: "uniform"
                low: 1.0
                high: 3.0
              exploration:
                epsilon:
                  type: "constant"
                  value: 0.01
              replay:
                type: "fifo"
                capacity: 100000
              reward_lag: 0
              checkpoint_interval: 200
              metrics_interval: 20
            optimiser:
              policy_learning_rate: 0.001
              table_learning_rate: 0.03
              scale_learning_rate: 0.001
              log_partition_learning_rate: 0.01
              state_flow_learning_rate: 0.001
              gradient_norm: 10.0
              schedule:
                type: "cosine"
                final_fraction: 0.0
              warm_up_rounds: 50
            evaluation:
              betas:
              - 1.0
              - 3.0
              samples: 10000
              interval: 0
              top: 100
              trajectories: 50
              test_set:
                type: "uniform"
                objects: 1000
            """);
  }

  @Test
  void everyKeyIsRead() {
    TrainerConfig config =
        parse(
            """
            seed: -9223372036854775808
            environment: {type: prepend-append, tokens: [Phe, "1"], separator: "/", length: 3}
            reward: {type: table, file: ../a.csv, object_column: o, score_column: s}
            log_reward: {floor: 1e-3, exponent: 3, scale: 10}
            policy:
              network: mlp+table
              hidden_widths: [128]
              window: 3
              conditioning: {form: paper}
              initial_log_partition: -2
            training:
              rounds: 5
              batch: 4
              beta: {type: constant, value: 2}
              exploration: {epsilon: {type: constant, value: 1}}
              replay: {type: none}
              reward_lag: 6
              checkpoint_interval: 2
              metrics_interval: 3
            optimiser:
              policy_learning_rate: 0.5
              table_learning_rate: 0.75
              scale_learning_rate: 0.25
              log_partition_learning_rate: 0.125
              state_flow_learning_rate: 0.0625
              gradient_norm: 1
              schedule: {type: constant}
              warm_up_rounds: 0
            evaluation: {betas: [0.5], samples: 7, modes: {file: m.csv, object_column: p}}
            """);

    assertThat(config)
        .isEqualTo(
            new TrainerConfig(
                Long.MIN_VALUE,
                new EnvironmentConfig.PrependAppend(List.of("Phe", "1"), "/", 3),
                new RewardConfig.Table(Path.of("../a.csv"), "o", "s"),
                new LogRewardConfig(0.001, 3, 10),
                new PolicyConfig(
                    PolicyConfig.Network.MLP_AND_TABLE,
                    List.of(128),
                    3,
                    new ConditioningConfig.LogitScale(ConditioningConfig.ScaleForm.PAPER, 1),
                    PolicyConfig.Backward.UNIFORM,
                    -2),
                new TrainingConfig(
                    5,
                    4,
                    new ObjectiveConfig.TrajectoryBalance(),
                    new BetaConfig.Constant(2),
                    new ExplorationConfig(new ExplorationConfig.Constant(1), null),
                    new ReplayConfig.None(),
                    null,
                    null,
                    6,
                    2,
                    3),
                new OptimiserConfig(
                    0.5, 0.75, 0.25, 0.125, 0.0625, 1, new OptimiserConfig.Constant(), 0, null),
                new EvaluationConfig(
                    List.of(0.5f),
                    7,
                    0,
                    100,
                    50,
                    new TestSetConfig.Uniform(1000),
                    new ModesConfig.Listed(Path.of("m.csv"), "p"))));
  }

  @Test
  void aSectionOfAnotherTypeInheritsNoKeys() {
    assertThat(parse(MINIMAL + "training: {beta: {type: constant, value: 1}}").training().beta())
        .isEqualTo(new BetaConfig.Constant(1));
    assertThat(parse(MINIMAL + "training: {beta: {high: 9}}").training().beta())
        .isEqualTo(new BetaConfig.Uniform(1, 9));
    assertThat(parse(MINIMAL + "training: {beta: {type: uniform, high: 9}}").training().beta())
        .isEqualTo(new BetaConfig.Uniform(1, 9));
    assertThat(faults(MINIMAL + "training: {beta: {type: constant}}"))
        .containsExactly("c.yaml: training.beta.value: found nothing, expected a finite number");
  }

  @Test
  void aNullSaysNothing() {
    assertThat(parse(MINIMAL + "training:\nseed: ~\nevaluation: {modes: null}"))
        .isEqualTo(parse(MINIMAL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed: 1\\nseed: 2 | c.yaml:2:5: found Duplicate field 'seed', expected one YAML document",
        "seed: 1\\n a: [ | c.yaml:2:3: found mapping values are not allowed here, expected one YAML"
            + " document",
        "seed: 1\\n---\\nseed: 2 | c.yaml:3:1: found a second document, expected one YAML document",
        "a: &x 1\\nb: *x | c.yaml:2:4: found an alias, *x, expected one YAML document",
        "[1] | c.yaml: found a list, expected keys with values, such as seed: 1",
        "seed | c.yaml: found \"seed\", expected keys with values, such as seed: 1",
        "\\tseed: 1 | c.yaml:1:1: found found character '\\t(TAB)' that cannot start any token. (Do"
            + " not use \\t(TAB) for indentation), expected one YAML document",
      })
  void whatIsNoMappingInYamlIsPlaced(String yaml, String fault) {
    assertThat(faults(yaml.replace("\\n", "\n").replace("\\t", "\t"))).containsExactly(fault);
  }

  @Test
  void filesResolveAgainstTheConfigsDirectory(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("c.yaml"), MINIMAL);

    LoadedConfig loaded = ConfigLoader.load(file, List.of("seed=5"));

    assertThat(loaded.config().seed()).isEqualTo(5);
    assertThat(loaded.directory()).isEqualTo(directory);
    assertThat(loaded.resolve(((RewardConfig.Table) loaded.config().reward()).file()))
        .isEqualTo(directory.resolve("scores.csv.gz"));
  }

  @Test
  void filesThatCannotBeReadAreOneLine(@TempDir Path directory) throws IOException {
    Path latin = directory.resolve("latin.yaml");
    Files.write(latin, "seed: \u00e9".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(loadFault(directory.resolve("absent.yaml")))
        .isEqualTo(
            directory.resolve("absent.yaml") + ": found no such file, expected a config in YAML");
    assertThat(loadFault(directory))
        .isEqualTo(directory + ": found a directory, expected a config in YAML");
    assertThat(loadFault(latin))
        .isEqualTo(latin + ": found bytes that are not UTF-8, expected YAML in UTF-8");
  }

  private static TrainerConfig parse(String yaml, String... settings) {
    return ConfigLoader.parse("c.yaml", yaml, List.of(settings));
  }

  private static List<String> faults(String yaml, String... settings) {
    return lines(() -> parse(yaml, settings));
  }

  private static String loadFault(Path file) {
    return String.join("\n", lines(() -> ConfigLoader.load(file, List.of())));
  }

  private static List<String> lines(ThrowingCallable call) {
    InvalidInputException refusal = catchThrowableOfType(InvalidInputException.class, call);
    return refusal.problems().stream().map(Problem::toString).toList();
  }
}
