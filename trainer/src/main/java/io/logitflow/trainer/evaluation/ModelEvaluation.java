package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.config.EvaluationConfig;
import io.logitflow.trainer.config.LoadedConfig;
import io.logitflow.trainer.config.ModesConfig;
import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.evaluation.EvaluationReport.AtBeta;
import io.logitflow.trainer.evaluation.EvaluationReport.Bounds;
import io.logitflow.trainer.evaluation.EvaluationReport.EuboSource;
import io.logitflow.trainer.evaluation.EvaluationReport.ScoreHistogram;
import io.logitflow.trainer.evaluation.EvaluationReport.TestSetFigures;
import io.logitflow.trainer.evaluation.ObjectLogProbability.LogProbabilities;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.reward.EvaluationScores;
import io.logitflow.trainer.training.RandomStreams;
import io.logitflow.trainer.training.RandomStreams.Purpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a policy at the inverse temperatures of its config, exactly where it can. All that it
 * draws derives from the run's seed, so that the same policy gives the same figures. What does not
 * depend on the policy, such as the scores of all objects, is had once and kept. Not thread-safe.
 */
public final class ModelEvaluation {
  /** The most log-probabilities of objects, or of states of one distance, that are held at once. */
  private static final int NUMBERS = 1 << 24;

  private static final int BUCKETS = 20;

  private final TrainerConfig trainer;
  private final EvaluationConfig config;
  private final Environment environment;
  private final boolean enumerates;
  private final ObjectBatch testObjects;
  private @Nullable ObjectBatch modes;
  private double @Nullable [] testLogRewards;
  private @Nullable TargetDistribution target;

  /**
   * Prepares evaluations, reading the test set.
   *
   * @param loaded the run's configuration
   * @param environment its environment
   * @param modes the modes that the config lists
   * @throws io.logitflow.contract.InvalidInputException if the file of the test set is at fault
   */
  public ModelEvaluation(LoadedConfig loaded, Environment environment, Modes modes) {
    this(loaded, environment, modes, ExactDistribution.covers(environment));
  }

  /** Prepares evaluations that enumerate all objects, while their scores are free, or do not. */
  ModelEvaluation(LoadedConfig loaded, Environment environment, Modes modes, boolean enumerates) {
    this.enumerates = enumerates;
    this.trainer = loaded.config();
    this.config = trainer.evaluation();
    this.environment = environment;
    this.modes = config.modes() instanceof ModesConfig.Listed ? modes.objects() : null;
    this.testObjects =
        TestSet.of(config.testSet(), loaded.directory(), environment, random(Draw.TEST_SET, 0));
  }

  /** What is drawn at the position of a β, each with a generator of its own. */
  private enum Draw {
    SAMPLES(0),
    TARGET(1),
    ESTIMATES(2),
    TEST_SET(3);

    private final long code;

    Draw(long code) {
      this.code = code;
    }
  }

  /**
   * Evaluates a policy.
   *
   * @param policy the policy
   * @param scores what objects are scored by; asked for every object where objects can be
   *     enumerated and a score has no price
   * @return one entry for each β of the config, in its order
   * @throws io.logitflow.contract.LogitFlowException if a score cannot be had or a logit is not
   *     finite
   */
  public List<AtBeta> evaluate(StatePolicy policy, EvaluationScores scores) {
    scores.beginEvaluation();
    TargetDistribution known = target(scores);
    double[] testLogRewards = testLogRewards(scores);
    int together =
        known == null
            ? config.betas().size()
            : (int) Math.max(1, NUMBERS / ExactDistribution.held(environment));
    List<AtBeta> entries = new ArrayList<>();
    while (entries.size() < config.betas().size()) {
      int first = entries.size();
      float[] betas = betas(first, together);
      double[] @Nullable [] logModel =
          known == null ? null : ExactDistribution.logProbabilities(environment, policy, betas);
      List<LogProbabilities> tested =
          logModel == null
              ? new ObjectLogProbability(environment, policy, config.trajectories())
                  .of(testObjects, betas, random(Draw.ESTIMATES, first))
              : ofTestObjects(logModel);
      for (int b = 0; b < betas.length; b++) {
        ModelSamples samples = new ModelSamples(config, environment, scores, modes, betas[b]);
        samples.draw(policy, random(Draw.SAMPLES, first + b));
        TestSetFigures test = correlations(tested.get(b), testLogRewards, betas[b]);
        entries.add(
            known == null || logModel == null
                ? sampled(samples, policy, test)
                : enumerated(samples, policy, first + b, test, known, logModel[b]));
      }
    }
    return List.copyOf(entries);
  }

  private float[] betas(int first, int count) {
    float[] betas = new float[Math.min(count, config.betas().size() - first)];
    for (int b = 0; b < betas.length; b++) {
      betas[b] = config.betas().get(first + b);
    }
    return betas;
  }

  /** Returns the target where it can be enumerated, and the modes by the rule with it. */
  private @Nullable TargetDistribution target(EvaluationScores scores) {
    if (target == null && enumerates && !scores.metered()) {
      target = TargetDistribution.of(environment, scores);
      if (config.modes() instanceof ModesConfig.Hamming rule) {
        SeparatedObjects separated = new SeparatedObjects(rule, environment);
        int chunk = BatchSize.states(environment);
        for (int first = 0; first < target.scores().length; first += chunk) {
          int rows = Math.min(chunk, target.scores().length - first);
          separated.offer(
              environment.objects(first, rows),
              Arrays.copyOfRange(target.scores(), first, first + rows));
        }
        modes = separated.kept();
      }
    }
    return target;
  }

  private List<LogProbabilities> ofTestObjects(double[][] logModel) {
    long[] indices = new long[testObjects.rows()];
    environment.objectIndices(testObjects, indices);
    boolean[] exact = new boolean[indices.length];
    Arrays.fill(exact, true);
    return Arrays.stream(logModel)
        .map(all -> Arrays.stream(indices).mapToDouble(index -> all[(int) index]).toArray())
        .map(values -> new LogProbabilities(values, new double[values.length], exact))
        .toList();
  }

  private AtBeta sampled(ModelSamples samples, StatePolicy policy, TestSetFigures test) {
    float beta = samples.beta();
    Buckets buckets = new Buckets(samples.scores(), BUCKETS);
    double[] counts = buckets.sums(samples.scores(), sample -> 1);
    double[] weights = samples.logWeights();
    double logSum = LogSum.of(weights);
    double eubo = Arrays.stream(weights).map(w -> Math.exp(w - logSum) * w).sum();
    return new AtBeta(
        beta,
        extrapolated(beta),
        policy.logPartition(new float[] {beta})[0],
        samples.figures(new ScoreHistogram(buckets.edges(), counts, null, null)),
        bounds(weights, eubo, EuboSource.IMPORTANCE),
        null,
        test);
  }

  private AtBeta enumerated(
      ModelSamples samples,
      StatePolicy policy,
      int position,
      TestSetFigures test,
      TargetDistribution known,
      double[] logModel) {
    float beta = samples.beta();
    double[] all = known.scores();
    Buckets buckets = new Buckets(all, BUCKETS);
    double logPartition = known.logPartition(beta);
    ScoreHistogram histogram =
        new ScoreHistogram(
            buckets.edges(),
            buckets.sums(samples.scores(), sample -> 1),
            buckets.sums(all, object -> Math.exp(logModel[object])),
            buckets.sums(
                all, object -> Math.exp(beta * known.logRewards()[object] - logPartition)));
    double logZLearned = policy.logPartition(new float[] {beta})[0];
    return new AtBeta(
        beta,
        extrapolated(beta),
        logZLearned,
        samples.figures(histogram),
        bounds(samples.logWeights(), targetMean(policy, beta, position, known), EuboSource.TARGET),
        known.compare(logModel, beta, logZLearned),
        test);
  }

  /** Returns the mean weight over trajectories of the target, as many as are drawn of the model. */
  private double targetMean(
      StatePolicy policy, float beta, int position, TargetDistribution known) {
    RandomGenerator random = random(Draw.TARGET, position);
    ObjectBatch objects = known.draw(environment, beta, config.samples(), random);
    long[] indices = new long[objects.rows()];
    environment.objectIndices(objects, indices);
    double[] forwardLessBackward =
        new TrajectoryWeights(environment, random).draw(objects, policy, beta);
    double sum = 0;
    for (int row = 0; row < indices.length; row++) {
      sum += beta * known.logRewards()[(int) indices[row]] - forwardLessBackward[row];
    }
    return sum / indices.length;
  }

  private static Bounds bounds(double[] logWeights, double eubo, EuboSource source) {
    double logSum = LogSum.of(logWeights);
    double logSquares = LogSum.of(Arrays.stream(logWeights).map(w -> 2 * w).toArray());
    return new Bounds(
        Arrays.stream(logWeights).average().orElseThrow(),
        logSum - Math.log(logWeights.length),
        eubo,
        source,
        Math.exp(2 * logSum - logSquares));
  }

  private double[] testLogRewards(EvaluationScores scores) {
    if (testLogRewards == null) {
      testLogRewards = scores.transform().logRewards(scores.scores(testObjects));
    }
    return testLogRewards;
  }

  private static TestSetFigures correlations(
      LogProbabilities tested, double[] testLogRewards, float beta) {
    double[] weights = Arrays.stream(testLogRewards).map(value -> beta * value).toArray();
    int exact = 0;
    for (boolean known : tested.exact()) {
      exact += known ? 1 : 0;
    }
    int estimated = weights.length - exact;
    return new TestSetFigures(
        weights.length,
        exact,
        estimated == 0 ? null : Arrays.stream(tested.standardErrors()).sum() / estimated,
        Correlation.pearson(tested.values(), weights),
        Correlation.spearman(tested.values(), weights));
  }

  private boolean extrapolated(float beta) {
    return beta < trainer.training().lowestBeta() || beta > trainer.training().highestBeta();
  }

  private RandomGenerator random(Draw draw, int position) {
    return new RandomStreams(trainer.seed()).of(Purpose.EVALUATION, (draw.code << 32) + position);
  }
}
