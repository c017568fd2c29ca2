package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.contract.Problem;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ConfigRoundTripTest {
  @Property(tries = 100, seed = "2")
  void yamlReadsBackToAnEqualConfig(@ForAll("configs") TrainerConfig config) {
    String yaml = ConfigLoader.toYaml(config);

    TrainerConfig read = ConfigLoader.parse("printed", yaml, List.of());

    assertThat(read).isEqualTo(config);
    assertThat(ConfigLoader.toYaml(read)).isEqualTo(yaml);
    assertThat(ConfigComparison.differences(config, read)).isEmpty();
  }

  @Property(tries = 50, seed = "3")
  void configsDifferExactlyWhereTheirRecordsDo(
      @ForAll("configs") TrainerConfig saved, @ForAll("configs") TrainerConfig wanted) {
    List<String> subjects =
        ConfigComparison.differences(saved, wanted).stream().map(Problem::subject).toList();

    assertThat(subjects.contains("seed")).isEqualTo(saved.seed() != wanted.seed());
    assertThat(subjects.stream().anyMatch(s -> s.startsWith("environment")))
        .isEqualTo(!saved.environment().equals(wanted.environment()));
    assertThat(subjects.stream().anyMatch(s -> s.startsWith("log_reward")))
        .isEqualTo(!saved.logReward().equals(wanted.logReward()));
    assertThat(subjects.stream().anyMatch(s -> s.startsWith("evaluation")))
        .isEqualTo(!saved.evaluation().equals(wanted.evaluation()));
    assertThat(subjects).doesNotContain("training.rounds");
  }

  @Provide
  Arbitrary<TrainerConfig> configs() {
    Arbitrary<Double> positive =
        Arbitraries.oneOf(
            Combinators.combine(
                    Arbitraries.integers().between(100, 999),
                    Arbitraries.integers().between(-300, 300))
                .as((digits, power) -> digits * Math.pow(10, power)),
            Arbitraries.of(Double.MIN_VALUE, Double.MAX_VALUE, 1e-4, 1e7, 3.0));
    Arbitrary<Float> betas =
        Arbitraries.oneOf(
            Arbitraries.integers().between(1, 5_000_000).map(i -> i / 1000f),
            Arbitraries.of(Float.MIN_VALUE, Float.MAX_VALUE, 1e7f, 0.1f));
    Arbitrary<BetaConfig> distributions =
        Arbitraries.oneOf(
            betas.map(BetaConfig.Constant::new),
            Combinators.combine(betas, betas)
                .as((a, b) -> new BetaConfig.Uniform(Math.min(a, b), Math.max(a, b))));
    Arbitrary<TrainingConfig> training =
        Combinators.combine(
                Arbitraries.integers().between(1, 1000),
                Arbitraries.integers().between(1, 1000),
                distributions,
                Arbitraries.doubles().between(0, 1))
            .as(
                (rounds, batch, beta, epsilon) ->
                    new TrainingConfig(
                        rounds,
                        batch,
                        new ObjectiveConfig.TrajectoryBalance(),
                        beta,
                        new ExplorationConfig(new ExplorationConfig.Constant(epsilon), null),
                        new ReplayConfig.Fifo(rounds),
                        null,
                        null,
                        batch,
                        rounds));
    Arbitrary<PolicyConfig> policies =
        Combinators.combine(
                Arbitraries.integers().between(1, 16_384).list().ofMinSize(1).ofMaxSize(4),
                Arbitraries.of(ConditioningConfig.ScaleForm.class),
                Arbitraries.doubles())
            .as(
                (widths, form, initial) ->
                    new PolicyConfig(
                        widths,
                        new ConditioningConfig.LogitScale(form),
                        PolicyConfig.Backward.UNIFORM,
                        initial));
    Arbitrary<EvaluationConfig> evaluations =
        Combinators.combine(
                betas.list().ofMinSize(1).ofMaxSize(4),
                Arbitraries.of("modes.csv", "a b/ü.csv.gz")
                    .map(file -> new EvaluationConfig.ModesConfig(Path.of(file), "column: 1"))
                    .injectNull(0.5))
            .as((list, modes) -> new EvaluationConfig(list, 10, modes));
    Arbitrary<LogRewardConfig> logRewards =
        Combinators.combine(positive, positive, positive).as(LogRewardConfig::new);
    Arbitrary<RewardConfig> rewards =
        Arbitraries.of("x.csv", "../data/x.csv.gz")
            .map(file -> new RewardConfig.Table(Path.of(file), "object", "yes"));
    return Combinators.combine(
            Arbitraries.longs(),
            environments(),
            rewards,
            logRewards,
            policies,
            training,
            evaluations)
        .as(
            (seed, environment, reward, logReward, policy, loop, evaluation) ->
                new TrainerConfig(
                    seed,
                    environment,
                    reward,
                    logReward,
                    policy,
                    loop,
                    new OptimiserConfig(
                        logReward.floor(), 1, 2, 3, 4, new OptimiserConfig.Cosine(0.5), 4, null),
                    evaluation));
  }

  private static Arbitrary<EnvironmentConfig> environments() {
    Arbitrary<List<String>> tokens =
        Arbitraries.of("yes", "null", "~", "1", "1e3", "#", "Phe", ": ", "'", "\"", "β")
            .list()
            .uniqueElements()
            .ofMaxSize(6)
            .ofMinSize(1);
    Arbitrary<String> separators = Arbitraries.of("-", "/", " ; ");
    Arbitrary<Integer> lengths = Arbitraries.integers().between(1, 20);
    return Arbitraries.oneOf(
        Combinators.combine(tokens, separators, lengths).as(EnvironmentConfig.PrependAppend::new),
        Combinators.combine(
                tokens, separators, lengths.injectNull(0.3), Arbitraries.integers().between(20, 30))
            .as(EnvironmentConfig.Autoregressive::new),
        Combinators.combine(tokens, separators, lengths)
            .as(EnvironmentConfig.NonAutoregressive::new),
        Combinators.combine(
                Arbitraries.integers().between(1, 5), Arbitraries.integers().between(2, 20))
            .as(EnvironmentConfig.Hypergrid::new));
  }
}
