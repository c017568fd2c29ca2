package io.logitflow.trainer.config;

import io.logitflow.trainer.config.ConditioningConfig.EncodingConfig;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.config.ExplorationConfig.EpsilonConfig;
import io.logitflow.trainer.config.OptimiserConfig.ScheduleConfig;
import io.logitflow.trainer.environment.Environments;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/** Valid configs of every kind. */
final class ConfigArbitraries {
  private static final Arbitrary<Path> FILES =
      Arbitraries.of("x.csv", "../data/x.csv.gz", "a b/ü.csv").map(Path::of);

  private ConfigArbitraries() {}

  static Arbitrary<TrainerConfig> configs() {
    return Combinators.combine(
            Arbitraries.longs(),
            targets(),
            Combinators.combine(positive(), positive(), positive()).as(LogRewardConfig::new),
            policies(),
            training(),
            optimisers(),
            evaluations())
        .as(
            (seed, target, logReward, policy, training, optimiser, evaluation) ->
                new TrainerConfig(
                    seed,
                    target.environment(),
                    target.reward(),
                    logReward,
                    policy,
                    fitting(target.environment(), fitting(policy, training)),
                    optimiser,
                    fitting(policy, training, evaluation)));
  }

  private static EvaluationConfig fitting(
      PolicyConfig policy, TrainingConfig training, EvaluationConfig evaluation) {
    if (!(policy.conditioning() instanceof ConditioningConfig.None)) {
      return evaluation;
    }
    return new EvaluationConfig(
        List.of(training.beta().low()),
        evaluation.samples(),
        evaluation.interval(),
        evaluation.top(),
        evaluation.trajectories(),
        evaluation.testSet(),
        evaluation.modes());
  }

  /** Leaves local search no more steps than the longest trajectory has. */
  private static TrainingConfig fitting(EnvironmentConfig environment, TrainingConfig training) {
    LocalSearchConfig search = training.localSearch();
    if (search == null) {
      return training;
    }
    int longest = Environments.create(environment).maximumSteps();
    return new TrainingConfig(
        training.rounds(),
        training.batch(),
        training.objective(),
        training.beta(),
        training.exploration(),
        training.replay(),
        new LocalSearchConfig(
            search.iterations(), Math.min(search.steps(), longest), search.acceptance()),
        training.offline(),
        training.rewardLag(),
        training.checkpointInterval(),
        training.metricsInterval());
  }

  /**
   * Leaves one β to a policy without conditioning, and several to one with several fixed scales.
   */
  private static TrainingConfig fitting(PolicyConfig policy, TrainingConfig training) {
    float low = training.beta().low();
    if (policy.conditioning() instanceof ConditioningConfig.None) {
      return with(training, new BetaConfig.Constant(low), null);
    }
    boolean needsRange =
        policy.conditioning() instanceof ConditioningConfig.Scaled scaled
            && scaled.form() == ScaleForm.AFFINE
            && scaled.heads() > 1;
    return needsRange && training.lowestBeta() == training.highestBeta()
        ? with(training, new BetaConfig.Uniform(low / 2, low), training.exploration().beta())
        : training;
  }

  private static TrainingConfig with(
      TrainingConfig training, BetaConfig beta, @Nullable BetaConfig exploration) {
    return new TrainingConfig(
        training.rounds(),
        training.batch(),
        training.objective(),
        beta,
        new ExplorationConfig(training.exploration().epsilon(), exploration),
        training.replay(),
        training.localSearch(),
        training.offline(),
        training.rewardLag(),
        training.checkpointInterval(),
        training.metricsInterval());
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

  private static Arbitrary<PolicyConfig> policies() {
    return Combinators.combine(
            Arbitraries.of(PolicyConfig.Network.class),
            Arbitraries.integers().between(1, 16_384).list().ofMinSize(1).ofMaxSize(4),
            Arbitraries.integers().between(2, 1_000).injectNull(0.5),
            conditionings(),
            Arbitraries.of(PolicyConfig.Backward.class),
            Arbitraries.doubles())
        .as(PolicyConfig::new)
        .filter(
            policy ->
                policy.network() != PolicyConfig.Network.TABLE
                    || (policy.window() == null
                        && !(policy.conditioning() instanceof ConditioningConfig.Layered)));
  }

  private static Arbitrary<ConditioningConfig> conditionings() {
    Arbitrary<ScaleForm> forms = Arbitraries.of(ScaleForm.class);
    Arbitrary<Integer> heads = Arbitraries.integers().between(1, 3);
    Arbitrary<EncodingConfig> encodings =
        Arbitraries.oneOf(
            Arbitraries.just(new ConditioningConfig.Raw()),
            Combinators.combine(
                    Arbitraries.integers().between(1, 1_024),
                    ranges().filter(range -> range.low() < range.high()))
                .as(
                    (bins, range) ->
                        new ConditioningConfig.Thermometer(bins, range.low(), range.high())));
    return Arbitraries.oneOf(
        Arbitraries.just(new ConditioningConfig.None()),
        encodings.map(ConditioningConfig.Layer::new),
        Combinators.combine(forms, heads).as(ConditioningConfig.LogitScale::new),
        Combinators.combine(forms, heads, encodings)
            .as(ConditioningConfig.LogitScaleAndLayer::new));
  }

  private static Arbitrary<TrainingConfig> training() {
    Arbitrary<@Nullable LocalSearchConfig> searches =
        Combinators.combine(
                Arbitraries.integers().between(1, 1_000),
                Arbitraries.integers().between(1, 65_536),
                Arbitraries.of(LocalSearchConfig.Acceptance.class))
            .as(LocalSearchConfig::new)
            .injectNull(0.5);
    Arbitrary<@Nullable OfflineConfig> dataSets =
        Combinators.combine(FILES, fractions(), Arbitraries.integers().between(1, 10))
            .as((file, quantile, rounds) -> new OfflineConfig(file, "o", "s", quantile, rounds))
            .injectNull(0.5);
    return Combinators.combine(
            Arbitraries.integers().between(11, 1_000),
            Arbitraries.integers().between(1, 100),
            objectives(),
            betas(),
            explorations(),
            replays(),
            searches,
            dataSets)
        .as(
            (rounds, groups, objective, beta, exploration, replay, search, dataSet) ->
                new TrainingConfig(
                    rounds,
                    groups * groupSize(objective),
                    objective,
                    beta,
                    exploration,
                    replay,
                    search,
                    dataSet,
                    search == null ? groups % 65 : 0,
                    groups,
                    rounds));
  }

  private static int groupSize(ObjectiveConfig objective) {
    return objective instanceof ObjectiveConfig.LogPartitionVariance variance
        ? variance.group()
        : 1;
  }

  private static Arbitrary<ObjectiveConfig> objectives() {
    return Arbitraries.oneOf(
        Arbitraries.just(new ObjectiveConfig.TrajectoryBalance()),
        Arbitraries.integers().between(2, 9).map(ObjectiveConfig.LogPartitionVariance::new),
        Arbitraries.just(new ObjectiveConfig.DetailedBalance()),
        fractions().map(ObjectiveConfig.SubTrajectoryBalance::new));
  }

  private static Arbitrary<BetaConfig> betas() {
    return Arbitraries.oneOf(
        ranges().map(range -> range),
        beta().map(BetaConfig.Constant::new),
        Combinators.combine(beta(), beta(), ranges())
            .as(
                (mean, deviation, range) ->
                    new BetaConfig.ClippedNormal(mean, deviation, range.low(), range.high())),
        ranges().map(range -> new BetaConfig.LogUniform(range.low(), range.high())),
        ranges().map(range -> new BetaConfig.ExponentialUniform(range.low(), range.high())),
        Combinators.combine(beta(), beta()).as(BetaConfig.Annealed::new));
  }

  private static Arbitrary<ExplorationConfig> explorations() {
    Arbitrary<Double> probabilities = Arbitraries.doubles().between(0, 1);
    Arbitrary<EpsilonConfig> epsilons =
        Arbitraries.oneOf(
            probabilities.map(ExplorationConfig.Constant::new),
            Combinators.combine(
                    probabilities, probabilities, Arbitraries.integers().between(1, 100_000_000))
                .as(ExplorationConfig.Linear::new));
    return Combinators.combine(epsilons, betas().injectNull(0.5)).as(ExplorationConfig::new);
  }

  private static Arbitrary<ReplayConfig> replays() {
    // Objects of up to 30 tokens, of which one array holds less than 2^29 in all.
    Arbitrary<Integer> capacities = Arbitraries.integers().between(1, 17_000_000);
    Arbitrary<Double> hundred = Arbitraries.doubles().between(0, 100);
    return Arbitraries.oneOf(
        Arbitraries.just(new ReplayConfig.None()),
        capacities.map(ReplayConfig.Fifo::new),
        Combinators.combine(capacities, hundred).as(ReplayConfig.Percentile::new),
        Combinators.combine(capacities, Arbitraries.of(ReplayConfig.Priority.class), hundred)
            .as(ReplayConfig.Prioritised::new));
  }

  private static Arbitrary<OptimiserConfig> optimisers() {
    Arbitrary<ScheduleConfig> schedules =
        Arbitraries.oneOf(
            Arbitraries.just(new OptimiserConfig.Constant()),
            Arbitraries.doubles().between(0, 1).map(OptimiserConfig.Cosine::new));
    Arbitrary<OptimiserConfig.@Nullable AverageConfig> averages =
        Arbitraries.doubles()
            .between(0, true, 1, false)
            .map(OptimiserConfig.AverageConfig::new)
            .injectNull(0.5);
    return Combinators.combine(
            positive().list().ofSize(6),
            schedules,
            Arbitraries.integers().greaterOrEqual(0),
            averages)
        .as(
            (sizes, schedule, warmUp, average) ->
                new OptimiserConfig(
                    sizes.get(0),
                    sizes.get(1),
                    sizes.get(2),
                    sizes.get(3),
                    sizes.get(4),
                    sizes.get(5),
                    schedule,
                    warmUp,
                    average));
  }

  /** An environment and a reward that fits it. */
  private record Target(EnvironmentConfig environment, RewardConfig reward) {}

  private static Arbitrary<Target> targets() {
    return Arbitraries.oneOf(
        Combinators.combine(environments(), rewards()).as(Target::new),
        Arbitraries.of(
            new Target(
                new EnvironmentConfig.Hypergrid(2, 8), new RewardConfig.Hypergrid(0.1, 0.5, 2)),
            new Target(
                new EnvironmentConfig.PrependAppend(List.of("A", "C", "G", "U"), "", 12),
                new RewardConfig.Motif(Path.of("m.jaspar"), 0.8)),
            new Target(
                new EnvironmentConfig.NonAutoregressive(List.of("0", "1"), "", 8),
                new RewardConfig.BitSequence(3, 1, RewardConfig.Distance.EDIT))));
  }

  /** Of sources that every environment fits. */
  private static Arbitrary<RewardConfig> rewards() {
    return Arbitraries.oneOf(
        FILES.map(file -> new RewardConfig.Table(file, "object", "yes")),
        Combinators.combine(
                FILES,
                Arbitraries.of(RewardConfig.Encoding.class),
                Arbitraries.of("n", "#").injectNull(0.5),
                Arbitraries.integers().between(1, 65_536))
            .as(
                (file, encoding, lengths, batch) ->
                    new RewardConfig.Onnx(file, "x", encoding, lengths, "y", batch)),
        Combinators.combine(
                Arbitraries.of("localhost:1", "dns:///a"),
                positive(),
                Arbitraries.integers().between(1, 20))
            .as(
                (target, deadline, calls) ->
                    new RewardConfig.Grpc(target, deadline, calls, calls, calls, calls)));
  }

  private static Arbitrary<EvaluationConfig> evaluations() {
    return Combinators.combine(
            beta().list().uniqueElements().ofMinSize(1).ofMaxSize(4),
            Arbitraries.<ModesConfig>oneOf(
                    FILES.map(file -> new ModesConfig.Listed(file, "column: 1")),
                    Arbitraries.just(new ModesConfig.Hamming(0.5, 1)))
                .injectNull(0.5),
            Arbitraries.<TestSetConfig>of(
                new TestSetConfig.Uniform(7), new TestSetConfig.Table(Path.of("t.csv"), "#")))
        .as((list, modes, testSet) -> new EvaluationConfig(list, 10, 5, 20, 30, testSet, modes));
  }

  private static Arbitrary<BetaConfig.Uniform> ranges() {
    return Combinators.combine(beta(), beta())
        .as((a, b) -> new BetaConfig.Uniform(Math.min(a, b), Math.max(a, b)));
  }

  private static Arbitrary<Float> beta() {
    return Arbitraries.oneOf(
        Arbitraries.integers().between(1, 5_000_000).map(i -> i / 1000f),
        Arbitraries.of(Float.MIN_VALUE, Float.MAX_VALUE, 1e7f, 0.1f));
  }

  /** Numbers above 0, up to 1. */
  private static Arbitrary<Double> fractions() {
    return Arbitraries.doubles().between(0, false, 1, true);
  }

  private static Arbitrary<Double> positive() {
    return Arbitraries.oneOf(
        Combinators.combine(
                Arbitraries.integers().between(100, 999), Arbitraries.integers().between(-300, 300))
            .as((digits, power) -> digits * Math.pow(10, power)),
        Arbitraries.of(Double.MIN_VALUE, Double.MAX_VALUE, 1e-4, 1e7, 3.0));
  }
}
