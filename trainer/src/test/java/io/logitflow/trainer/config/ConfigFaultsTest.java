package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.Problem;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** How the faults of a file are told: all at once, each with its key and entry. */
class ConfigFaultsTest {
  private static final String MINIMAL =
      """
      environment: {type: prepend-append, tokens: [A, C, G, T], length: 8}
      reward: {type: table, file: scores.csv.gz, object_column: sequence, score_column: score}
      """;

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
                + " beta, exploration, replay, local_search, offline, reward_lag,"
                + " checkpoint_interval, metrics_interval",
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
            "c.yaml: policy.hidden_widths[1]: found 0, expected an integer of at least 1",
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
                    evaluation: {betas: [x, 1, -1, 1e39, 0]}
                    log_reward: {floor: 0}
                    """))
        .containsExactly(
            "c.yaml: policy.hidden_widths[1]: found 0, expected an integer of at least 1",
            "c.yaml: policy.hidden_widths[2]: found 99999, expected an integer of at most 16384",
            "c.yaml: evaluation.betas[0]: found \"x\", expected a finite number",
            "c.yaml: evaluation.betas[2]: found -1.0, expected a number above 0",
            "c.yaml: evaluation.betas[3]: found 1.0E39, expected a finite number",
            "c.yaml: evaluation.betas[4]: found 0.0, expected a number above 0",
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

  private static String rewardLine() {
    return "reward: {type: table, file: f.csv, object_column: o, score_column: s}\n";
  }

  private static TrainerConfig parse(String yaml, String... settings) {
    return ConfigLoader.parse("c.yaml", yaml, List.of(settings));
  }

  private static List<String> faults(String yaml, String... settings) {
    return lines(() -> parse(yaml, settings));
  }

  private static List<String> lines(ThrowingCallable call) {
    InvalidInputException refusal = catchThrowableOfType(InvalidInputException.class, call);
    return refusal.problems().stream().map(Problem::toString).toList();
  }
}
