package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import io.logitflow.trainer.config.ConditioningConfig.Layer;
import io.logitflow.trainer.config.ConditioningConfig.LogitScaleAndLayer;
import io.logitflow.trainer.config.ConditioningConfig.Raw;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.config.ConditioningConfig.Thermometer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sections of every type: the defaults of their keys, and what is refused of them. */
class SectionTypesTest {
  private static final String MINIMAL =
      """
      environment: {type: prepend-append, tokens: [A, C, G, T], length: 8}
      reward: {type: table, file: f.csv, object_column: o, score_column: s}
      """;

  @Test
  void conditioningsHaveTheDefaultsOfTheirType() {
    assertThat(conditioning("{type: none}")).isEqualTo(new ConditioningConfig.None());
    assertThat(conditioning("{type: layer}")).isEqualTo(new Layer(new Raw()));
    assertThat(conditioning("{type: layer, encoding: {type: thermometer, low: 1, high: 3}}"))
        .isEqualTo(new Layer(new Thermometer(32, 1, 3)));
    assertThat(conditioning("{type: logit-scale+layer, form: paper}"))
        .isEqualTo(new LogitScaleAndLayer(ScaleForm.PAPER, 1, new Raw()));
    assertThat(
            conditioning(
                "{type: logit-scale+layer, encoding: {type: thermometer, low: 1, high: 9, bins:"
                    + " 4}}"))
        .isEqualTo(new LogitScaleAndLayer(ScaleForm.POSITIVE, 1, new Thermometer(4, 1, 9)));
    assertThat(conditioning("{form: paper}"))
        .isEqualTo(new ConditioningConfig.LogitScale(ScaleForm.PAPER, 1));
  }

  @Test
  void sectionsOfTrainingHaveTheDefaultsOfTheirType() {
    assertThat(training("objective: {type: log-partition-variance}").objective())
        .isEqualTo(new ObjectiveConfig.LogPartitionVariance(8));
    assertThat(training("objective: {type: detailed-balance}").objective())
        .isEqualTo(new ObjectiveConfig.DetailedBalance());
    assertThat(training("objective: {type: sub-trajectory-balance}").objective())
        .isEqualTo(new ObjectiveConfig.SubTrajectoryBalance(0.9));
    assertThat(training("replay: {type: none}").replay()).isEqualTo(new ReplayConfig.None());
    assertThat(training("replay: {type: percentile, percentile: 75}").replay())
        .isEqualTo(new ReplayConfig.Percentile(100_000, 75));
    assertThat(training("replay: {type: prioritised, by: loss}").replay())
        .isEqualTo(new ReplayConfig.Prioritised(100_000, ReplayConfig.Priority.LOSS, 1));
    assertThat(training("replay: {capacity: 7}").replay()).isEqualTo(new ReplayConfig.Fifo(7));
  }

  @Test
  void sectionsOfOneSettingHaveTheDefaultsOfTheirType() {
    TrainingConfig training =
        parse(MINIMAL, "training.replay.type=prioritised", "training.replay.exponent=2").training();
    assertThat(training.replay())
        .isEqualTo(new ReplayConfig.Prioritised(100_000, ReplayConfig.Priority.REWARD, 2));
  }

  @Test
  void optionalSectionsAreReadWhole() {
    TrainingConfig training =
        training(
            """
            exploration:
              epsilon: {type: linear, from: 0.5, to: 0.01, rounds: 1000}
              beta: {type: log-uniform, low: 0.5, high: 8}
            local_search: {iterations: 2, steps: 3, acceptance: metropolis-hastings}
            offline: {file: d.csv, object_column: o, score_column: s, quantile: 0.5, rounds: 9}
            """);
    assertThat(training.exploration())
        .isEqualTo(
            new ExplorationConfig(
                new ExplorationConfig.Linear(0.5, 0.01, 1_000),
                new BetaConfig.LogUniform(0.5f, 8)));
    assertThat(training.localSearch())
        .isEqualTo(new LocalSearchConfig(2, 3, LocalSearchConfig.Acceptance.METROPOLIS_HASTINGS));
    assertThat(training.offline()).isEqualTo(new OfflineConfig(Path.of("d.csv"), "o", "s", 0.5, 9));
    assertThat(training.lowestBeta()).isEqualTo(0.5f);
    assertThat(training.highestBeta()).isEqualTo(8);
    OptimiserConfig optimiser =
        parse(MINIMAL + "optimiser: {schedule: {type: constant}, average: {decay: 0.99}}")
            .optimiser();
    assertThat(optimiser.schedule()).isEqualTo(new OptimiserConfig.Constant());
    assertThat(optimiser.average()).isEqualTo(new OptimiserConfig.AverageConfig(0.99));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{type: constant, value: 2} | 2 | 2",
        "{type: clipped-normal, mean: 9, standard_deviation: 1, low: 1, high: 4} | 1 | 4",
        "{type: log-uniform, low: 1, high: 4} | 1 | 4",
        "{type: exponential-uniform, low: 1, high: 1} | 1 | 1",
        "{type: annealed, from: 3, to: 1} | 1 | 3",
      })
  void distributionsOfBetaKnowTheirEnds(String section, float low, float high) {
    TrainingConfig training = training("beta: " + section);
    assertThat(training.beta().low()).isEqualTo(low);
    assertThat(training.beta().high()).isEqualTo(high);
    assertThat(training.lowestBeta()).isEqualTo(low);
    assertThat(training.highestBeta()).isEqualTo(high);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.beta={type: log-uniform, low: 3, high: 2} | training.beta.high: found 2.0,"
            + " expected at least training.beta.low, 3.0",
        "training.exploration.beta={type: uniform, low: 3, high: 2} |"
            + " training.exploration.beta.high: found 2.0, expected at least"
            + " training.exploration.beta.low, 3.0",
        "training.beta={type: annealed, from: 3} | training.beta.to: found nothing, expected a"
            + " finite number",
        "training.beta={type: annealed, from: 0, to: 1} | training.beta.from: found 0.0, expected a"
            + " number above 0",
        "policy.conditioning={type: layer, encoding: {type: thermometer, low: 2, high: 2}} |"
            + " policy.conditioning.encoding.high: found 2.0, expected above"
            + " policy.conditioning.encoding.low, 2.0",
        "policy.conditioning={type: layer, encoding: {type: thermometer, low: 2, high: 3, bins: 0}}"
            + " | policy.conditioning.encoding.bins: found 0, expected an integer of at least 1",
        "policy.conditioning={type: logit-scale, form: affine, heads: 4} |"
            + " policy.conditioning.heads: found 4, expected at most 3, since form is affine",
        "policy={network: table, window: 2} | policy.window: found 2, expected none, since"
            + " policy.network is table and has no layers",
        "policy={network: table, conditioning: {type: layer}} | policy.network: found table,"
            + " expected mlp or mlp+table, since policy.conditioning gives beta to the layers and a"
            + " table has none",
        "policy.conditioning.heads=0 | policy.conditioning.heads: found 0, expected an integer of"
            + " at least 1",
        "policy.conditioning={type: none, form: paper} | policy.conditioning.form: found unknown"
            + " key, expected one of type",
        "policy.conditioning.type=none | training.beta: found inverse temperatures from 1.0 to 3.0,"
            + " expected one alone, since policy.conditioning is none",
        "training.objective={type: log-partition-variance, group: 1} | training.objective.group:"
            + " found 1, expected an integer of at least 2",
        "training.objective={type: log-partition-variance, group: 24} | training.batch: found 256,"
            + " expected a multiple of training.objective.group, 24",
        "training.objective={type: sub-trajectory-balance, lambda: 0} | training.objective.lambda:"
            + " found 0.0, expected a number above 0",
        "training.objective={type: sub-trajectory-balance, lambda: 1.5} |"
            + " training.objective.lambda: found 1.5, expected a number of at most 1",
        "training.replay={type: fifo, capacity: 0} | training.replay.capacity: found 0, expected an"
            + " integer of at least 1",
        "training.replay={type: percentile, percentile: 101} | training.replay.percentile: found"
            + " 101.0, expected a number of at most 100",
        "training.replay={type: prioritised, by: age} | training.replay.by: found \"age\", expected"
            + " one of reward, loss",
        "training.exploration.epsilon={type: linear, from: 1} | training.exploration.epsilon.to:"
            + " found nothing, expected a finite number; training.exploration.epsilon.rounds: found"
            + " nothing, expected an integer",
        "training.local_search={iterations: 0, steps: 1, acceptance: greedy} |"
            + " training.local_search.iterations: found 0, expected an integer of at least 1",
        "training.local_search={iterations: 1, steps: 9, acceptance: greedy} |"
            + " training.local_search.steps: found 9, expected at most the 8 steps of the longest"
            + " trajectory",
        "training.reward_lag=65 | training.reward_lag: found 65, expected an integer of at most 64",
        "training.reward_lag=-1 | training.reward_lag: found -1, expected an integer of at least 0",
        "training.offline={file: f, object_column: o, score_column: s, quantile: 0.5, rounds: 2001}"
            + " | training.offline.rounds: found 2001, expected at most training.rounds, 2000",
        "training.offline={file: f, object_column: o, score_column: s, quantile: 0, rounds: 1} |"
            + " training.offline.quantile: found 0.0, expected a number above 0",
        "optimiser.average={decay: 1} | optimiser.average.decay: found 1.0, expected a number below"
            + " 1",
        "optimiser.schedule={type: cosine, final_fraction: 2} | optimiser.schedule.final_fraction:"
            + " found 2.0, expected a number of at most 1",
      })
  void faultsNameTheirKey(String setting, String faults) {
    assertThat(faults(MINIMAL, setting))
        .extracting(fault -> fault.replaceFirst("^(--set |c.yaml: )", ""))
        .containsExactly(faults.split("; "));
  }

  @Test
  void fixedScalesOfSeveralHeadsNeedSeveralBetas() {
    String one = MINIMAL + "training: {beta: {type: constant, value: 2}}\n";
    assertThat(parse(one, "policy.conditioning={form: affine, heads: 1}").policy().conditioning())
        .isEqualTo(new ConditioningConfig.LogitScale(ConditioningConfig.ScaleForm.AFFINE, 1));
    assertThat(faults(one, "policy.conditioning={form: affine, heads: 2}"))
        .containsExactly(
            "--set policy.conditioning.heads: found 2, expected 1, since form is affine and"
                + " training has the one beta 2.0");
  }

  @Test
  void withoutConditioningExplorationIsAtTheOneBetaToo() {
    String one =
        MINIMAL
            + "policy: {conditioning: {type: none}}\ntraining:\n"
            + "  beta: {type: constant, value: 2}\n";
    assertThat(parse(one).training().highestBeta()).isEqualTo(2);
    assertThat(parse(one).evaluation().betas()).containsExactly(2f);
    assertThat(
            faults(
                one + "  exploration: {beta: {type: constant, value: 1}}", "evaluation.betas=[1]"))
        .containsExactly(
            "c.yaml: training.beta: found inverse temperatures from 1.0 to 2.0, expected one"
                + " alone, since policy.conditioning is none");
    assertThat(faults(one, "evaluation.betas=[2, 3]"))
        .containsExactly(
            "--set evaluation.betas[1]: found 3.0, expected that of training, 2.0, since"
                + " policy.conditioning is none");
  }

  @Test
  void localSearchNeedsRoundsThatDrawFreshObjects() {
    String offline =
        MINIMAL
            + """
            training:
              rounds: 30
              local_search: {iterations: 1, steps: 1, acceptance: greedy}
              offline: {file: m.csv, object_column: o, score_column: s, quantile: 1, rounds: 29}
            """;
    assertThat(parse(offline).training().localSearch()).isNotNull();
    assertThat(faults(offline, "training.offline.rounds=30"))
        .containsExactly(
            "c.yaml: training.local_search: found a section, expected none, since training.offline"
                + " takes all rounds and draws no fresh objects");
  }

  @Test
  void localSearchNeedsItsScoresAtOnce() {
    String search = "training.local_search={iterations: 1, steps: 1, acceptance: greedy}";
    assertThat(faults(MINIMAL, search, "training.reward_lag=2"))
        .containsExactly(
            "--set training.reward_lag: found 2, expected 0, since training.local_search needs the"
                + " scores of a batch when it is drawn");
  }

  @Test
  void localSearchGoesBackNoFurtherThanTheLongestTrajectory() {
    String grid =
        """
        environment: {type: hypergrid, dimensions: 2, side: 4}
        reward: {type: hypergrid}
        training: {local_search: {iterations: 1, steps: 7, acceptance: greedy}}
        """;
    // Three steps in each dimension, and the one that stops.
    assertThat(parse(grid).training().localSearch()).isNotNull();
    assertThat(faults(grid, "training.local_search.steps=8"))
        .containsExactly(
            "--set training.local_search.steps: found 8, expected at most the 7 steps of the"
                + " longest trajectory");
  }

  @Test
  void subTrajectoriesMustFitOneArray() {
    String strings =
        """
        environment: {type: autoregressive, tokens: [A, C], length: 1000}
        reward: {type: table, file: f.csv, object_column: o, score_column: s}
        """;
    // 2,000 features a state are more than 1,001 states; one token leaves 1,000.
    assertThat(
            faults(strings, "training.objective.type=sub-trajectory-balance", "training.batch=269"))
        .containsExactly(
            "--set training.batch: found 269, expected at most 268, for its states' features to fit"
                + " one array");
    String unary = strings.replace("[A, C]", "[A]");
    assertThat(parse(unary, "training.batch=536").training().batch()).isEqualTo(536);
    assertThat(
            faults(unary, "training.objective.type=sub-trajectory-balance", "training.batch=536"))
        .containsExactly(
            "--set training.batch: found 536, expected at most 535, for its sub-trajectories to fit"
                + " one array");
  }

  private static ConditioningConfig conditioning(String section) {
    return parse(
            MINIMAL
                + "policy: {conditioning: "
                + section
                + "}\ntraining: {beta: {type: constant, value: 1}}")
        .policy()
        .conditioning();
  }

  private static TrainingConfig training(String keys) {
    return parse(MINIMAL + "training:\n" + keys.indent(2)).training();
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
