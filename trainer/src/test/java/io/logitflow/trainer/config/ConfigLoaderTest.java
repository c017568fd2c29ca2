package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Environments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
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
              checkpoint_interval: 200
              metrics_interval: 20
            optimiser:
              policy_learning_rate: 0.001
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
              hidden_widths: [128]
              conditioning: {form: paper}
              initial_log_partition: -2
            training:
              rounds: 5
              batch: 4
              beta: {type: constant, value: 2}
              exploration: {epsilon: {type: constant, value: 1}}
              replay: {type: none}
              checkpoint_interval: 2
              metrics_interval: 3
            optimiser:
              policy_learning_rate: 0.5
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
                    List.of(128),
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
                    2,
                    3),
                new OptimiserConfig(
                    0.5, 0.25, 0.125, 0.0625, 1, new OptimiserConfig.Constant(), 0, null),
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
  void theSeparatorFollowsFromTheTokens() {
    assertThat(environmentOf("tokens: [A, \"\\U0001F9EC\"]").separator()).isEmpty();
    assertThat(environmentOf("tokens: [A, Phe]").separator()).isEqualTo("-");
    assertThat(environmentOf("tokens: [A, C], separator: ' '").separator()).isEqualTo(" ");
  }

  @Test
  void allFaultsAreReportedAtOnceInTheFilesOrder() {
    assertThat(
            faults(
                """
                training:
                  rounds: "3"
                  batch: 2.0
                  bach: 3
                  objective: {type: tb}
                  beta: {type: uniform, low: 4, high: 3}
                  exploration: {epsilon: {value: 1.5}, beta: 2}
                  replay: {capacty: 5, capacity: -1}
                  checkpoint_interval: 99999999999
                  metrics_interval: yes
                environment: {type: prepend-append, tokens: [A, 1, A, ""], length: 0}
                sed: 4
                policy: {hidden_widths: [8, 0, x], conditioning: {type: film}, backward: [1]}
                log_reward: 3
                optimiser: {gradient_norm: .inf, policy_learning_rate: -.inf, schedule: .nan}
                evaluation: {betas: [], samples: {a: 1}, modes: {file: ""}}
                """))
        .containsExactly(
            "c.yaml: training.rounds: found \"3\", expected an integer",
            "c.yaml: training.batch: found 2.0, expected an integer",
            "c.yaml: training.bach: found unknown key, expected one of rounds, batch, objective,"
                + " beta, exploration, replay, local_search, offline, checkpoint_interval,"
                + " metrics_interval",
            "c.yaml: training.objective.type: found \"tb\", expected one of trajectory-balance,"
                + " log-partition-variance, detailed-balance, sub-trajectory-balance",
            "c.yaml: training.beta.high: found 3.0, expected at least training.beta.low, 4.0",
            "c.yaml: training.exploration.epsilon.value: found 1.5, expected a number of at most 1",
            "c.yaml: training.exploration.beta: found 2, expected a section with the key type",
            "c.yaml: training.replay.capacty: found unknown key, expected one of type, capacity",
            "c.yaml: training.replay.capacity: found -1, expected an integer of at least 1",
            "c.yaml: training.checkpoint_interval: found 99999999999, expected an integer of 32"
                + " bits",
            "c.yaml: training.metrics_interval: found true, expected an integer",
            "c.yaml: environment.tokens[1]: found 1, expected text in quotes",
            "c.yaml: environment.length: found 0, expected an integer of at least 1",
            "c.yaml: sed: found unknown key, expected one of seed, environment, reward, log_reward,"
                + " policy, training, optimiser, evaluation",
            "c.yaml: policy.hidden_widths[2]: found \"x\", expected an integer",
            "c.yaml: policy.conditioning.type: found \"film\", expected one of none, layer,"
                + " logit-scale, logit-scale+layer",
            "c.yaml: policy.backward: found a list, expected one of uniform, learned",
            "c.yaml: log_reward: found 3, expected a section with the key floor",
            "c.yaml: optimiser.gradient_norm: found Infinity, expected a finite number",
            "c.yaml: optimiser.policy_learning_rate: found -Infinity, expected a finite number",
            "c.yaml: optimiser.schedule: found NaN, expected a section with the key type",
            "c.yaml: evaluation.betas: found a list of 0, expected at least one entry",
            "c.yaml: evaluation.samples: found a section, expected an integer",
            "c.yaml: evaluation.modes.object_column: found nothing, expected text",
            "c.yaml: evaluation.modes.file: found \"\", expected a file's name",
            "c.yaml: reward: found nothing, expected a section with the key type");
  }

  @Test
  void valuesOutOfRangeNameTheirEntry() {
    assertThat(
            faults(
                MINIMAL
                    + """
                    policy: {hidden_widths: [8, 0, 99999]}
                    evaluation: {betas: [1, -1, 1e39]}
                    log_reward: {floor: 0}
                    """))
        .containsExactly(
            "c.yaml: policy.hidden_widths[1]: found 0, expected an integer of at least 1",
            "c.yaml: policy.hidden_widths[2]: found 99999, expected an integer of at most 16384",
            "c.yaml: evaluation.betas[2]: found 1.0E39, expected a finite number",
            "c.yaml: log_reward.floor: found 0.0, expected a number above 0");
  }

  @Test
  void missingSectionsAndKeysAreReported() {
    assertThat(faults("# nothing\n"))
        .containsExactly(
            "c.yaml: environment: found nothing, expected a section with the key type",
            "c.yaml: reward: found nothing, expected a section with the key type");
    assertThat(faults("environment: {length: 3}\nreward: {type: table}\n"))
        .containsExactly(
            "c.yaml: environment.type: found nothing, expected one of autoregressive,"
                + " prepend-append, hypergrid, non-autoregressive",
            "c.yaml: reward.file: found nothing, expected a file's name",
            "c.yaml: reward.object_column: found nothing, expected text",
            "c.yaml: reward.score_column: found nothing, expected text");
    assertThat(faults("environment: {type: prepend-append}\n" + rewardLine()))
        .containsExactly(
            "c.yaml: environment.tokens: found nothing, expected a list",
            "c.yaml: environment.length: found nothing, expected an integer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[A, A] | \"\" | environment.tokens[1]: found \"A\" for the second time, expected distinct"
            + " names",
        "[A, \"\"] | \"\" | environment.tokens[1]: found \"\", expected a name of at least one"
            + " character",
        "[A, Bc] | \"\" | environment.tokens[1]: found \"Bc\", expected a single character, since"
            + " separator is empty",
        "[A, b-c] | \"-\" | environment.tokens[1]: found \"b-c\", expected a name without the"
            + " separator \"-\"",
        // "a" + "aa" + "a" would be cut at the wrong place.
        "[a, b] | aa | environment.tokens[0]: found \"a\", expected a name without the separator"
            + " \"aa\"",
        "[A, \"b\\n\"] | \"-\" | environment.tokens[1]: found a name with a control character,"
            + " expected printable characters",
        "[] | \"-\" | environment.tokens: found a list of 0, expected 1 to 32768 entries"
      })
  void namesOfTokensMustHaveOneReading(String tokens, String separator, String fault) {
    assertThat(
            faults(
                "environment: {type: prepend-append, length: 2, tokens: "
                    + tokens
                    + ", separator: "
                    + separator
                    + "}\n"
                    + rewardLine()))
        .containsExactly("c.yaml: " + fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{type: autoregressive, tokens: [A, A], length: 3} | environment.tokens[1]: found \"A\" for"
            + " the second time, expected distinct names",
        "{type: non-autoregressive, tokens: [A, b-c], length: 3} | environment.tokens[1]: found"
            + " \"b-c\", expected a name without the separator \"-\"",
        "{type: autoregressive, tokens: [A], minimum_length: 4, length: 3} |"
            + " environment.minimum_length: found 4, expected at most environment.length, 3",
        "{type: autoregressive, tokens: [A], minimum_length: 0, length: 3} |"
            + " environment.minimum_length: found 0, expected an integer of at least 1",
        "{type: autoregressive, tokens: [A], minimum_length: 1.5, length: 3} |"
            + " environment.minimum_length: found 1.5, expected an integer",
        "{type: non-autoregressive, tokens: [A], length: 1001} | environment.length: found 1001,"
            + " expected an integer of at most 1000",
        "{type: hypergrid, dimensions: 2, side: 1} | environment.side: found 1, expected an integer"
            + " of at least 2",
        "{type: hypergrid, dimensions: 2, side: 1025} | environment.side: found 1025, expected an"
            + " integer of at most 1024",
        "{type: hypergrid, dimensions: 65, side: 2} | environment.dimensions: found 65, expected an"
            + " integer of at most 64",
        "{type: hypergrid, side: 2} | environment.dimensions: found nothing, expected an integer",
        "{type: hypergrid, dimensions: 2, side: 2, tokens: [A]} | environment.tokens: found unknown"
            + " key, expected one of type, dimensions, side",
      })
  void faultsOfEnvironmentsNameTheirKey(String environment, String fault) {
    assertThat(faults("environment: " + environment + "\n" + rewardLine()))
        .containsExactly("c.yaml: " + fault);
  }

  @Test
  void environmentsAreReadByTheirType() {
    assertThat(environment("{type: autoregressive, tokens: [A, C], length: 5}"))
        .isEqualTo(new EnvironmentConfig.Autoregressive(List.of("A", "C"), "", null, 5));
    assertThat(environment("{type: autoregressive, tokens: [A], minimum_length: 2, length: 5}"))
        .isEqualTo(new EnvironmentConfig.Autoregressive(List.of("A"), "", 2, 5));
    assertThat(environment("{type: non-autoregressive, tokens: [A, Phe], length: 5}"))
        .isEqualTo(new EnvironmentConfig.NonAutoregressive(List.of("A", "Phe"), "-", 5));
    assertThat(environment("{type: hypergrid, dimensions: 3, side: 8}"))
        .isEqualTo(new EnvironmentConfig.Hypergrid(3, 8));
    assertThat(new EnvironmentConfig.Autoregressive(List.of("A"), "", null, 5).shortest())
        .isEqualTo(5);
    assertThat(new EnvironmentConfig.Autoregressive(List.of("A"), "", 2, 5).shortest())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{type: prepend-append, tokens: [A, C], length: 1000} | 268",
        "{type: autoregressive, tokens: [A, C, G], length: 500} | 714",
        "{type: autoregressive, tokens: [A, C, G], minimum_length: 1, length: 600} | 496",
        "{type: non-autoregressive, tokens: [A, C], length: 700} | 547",
        "{type: hypergrid, dimensions: 8, side: 64} | 2072",
      })
  void aBatchWhoseFeaturesExceedAnArrayIsRefused(String environment, int largest) {
    Environment built = Environments.create(environment(environment));
    long width =
        IntStream.of(built.featureCount(), built.actionCount(), built.backwardActionCount())
            .max()
            .orElseThrow();
    assertThat(largest)
        .isEqualTo(Integer.MAX_VALUE / Float.BYTES / ((built.maximumSteps() + 1) * width));
    String yaml = "environment: " + environment + "\n" + rewardLine();
    assertThat(parse(yaml + "training: {batch: " + largest + "}").training().batch())
        .isEqualTo(largest);
    assertThat(faults(yaml + "training: {batch: " + (largest + 1) + "}"))
        .containsExactly(
            "c.yaml: training.batch: found %d, expected at most %d, for its states' features to fit"
                    .formatted(largest + 1, largest)
                + " one array");
  }

  @Test
  void anEnvironmentWithoutRoomForOneTrajectoryIsRefused() {
    assertThat(
            faults("environment: {type: hypergrid, dimensions: 64, side: 1024}\n" + rewardLine()))
        .containsExactly(
            "c.yaml: environment: found trajectories of 65474 states of 65536 numbers each,"
                + " expected at most 536870911 numbers, for a trajectory to fit one array");
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

  private static String rewardLine() {
    return "reward: {type: table, file: f.csv, object_column: o, score_column: s}\n";
  }

  private static EnvironmentConfig environment(String section) {
    return parse("environment: " + section + "\n" + rewardLine() + "training: {batch: 1}")
        .environment();
  }

  private static EnvironmentConfig.PrependAppend environmentOf(String keys) {
    String yaml = "environment: {type: prepend-append, length: 2, " + keys + "}\n" + rewardLine();
    return (EnvironmentConfig.PrependAppend) parse(yaml).environment();
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
