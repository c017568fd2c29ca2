package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.config.TrainerConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.reward.LogReward;
import io.logitflow.trainer.training.ModeTracker;
import io.logitflow.trainer.training.RandomStreams;
import io.logitflow.trainer.training.RandomStreams.Purpose;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Evaluates a policy at the inverse temperatures of its config, exactly where it can. */
public final class ModelEvaluation {
  private static final int CHUNK = 1000;

  private final TrainerConfig config;
  private final Environment environment;
  private final LogReward logReward;
  private final ObjectBatch modes;

  /**
   * Creates an evaluation.
   *
   * @param config the run's configuration
   * @param environment its environment
   * @param logReward its rewards; asked for every object where objects are enumerated
   * @param modes the known modes, none where none are known
   */
  public ModelEvaluation(
      TrainerConfig config, Environment environment, LogReward logReward, ObjectBatch modes) {
    this.config = config;
    this.environment = environment;
    this.logReward = logReward;
    this.modes = modes;
  }

  /**
   * Evaluates a policy.
   *
   * @param policy the policy
   * @param observer sees what is drawn and enumerated
   * @return one entry for each β of the config, in its order
   */
  public List<EvaluationReport.AtBeta> evaluate(StatePolicy policy, EvaluationObserver observer) {
    double @Nullable [] scores = null;
    if (ExactDistribution.covers(environment)) {
      scores = new double[Math.toIntExact(environment.objectCount().orElseThrow())];
      for (int first = 0; first < scores.length; first += CHUNK) {
        int rows = Math.min(CHUNK, scores.length - first);
        double[] chunk = logReward.scores(environment.objects(first, rows));
        System.arraycopy(chunk, 0, scores, first, rows);
      }
      observer.enumerated(scores, logReward.transform().logRewards(scores));
    }
    double @Nullable [] allScores = scores;
    List<Float> betas = config.evaluation().betas();
    return IntStream.range(0, betas.size())
        .mapToObj(position -> atBeta(policy, position, allScores, observer))
        .toList();
  }

  private EvaluationReport.AtBeta atBeta(
      StatePolicy policy, int position, double @Nullable [] scores, EvaluationObserver observer) {
    float beta = config.evaluation().betas().get(position);
    Sampled sampled = sample(policy, beta, position, observer);
    Double expectedModel = null;
    Double expectedTarget = null;
    Double totalVariation = null;
    Double logPartition = null;
    if (scores != null) {
      double[] logRewards = logReward.transform().logRewards(scores);
      double[] model = ExactDistribution.compute(environment, policy, beta);
      double[] target = ExactDistribution.target(logRewards, beta);
      expectedModel = expectation(model, scores);
      expectedTarget = expectation(target, scores);
      totalVariation = ExactDistribution.totalVariation(model, target);
      logPartition = ExactDistribution.logPartition(logRewards, beta);
    }
    return new EvaluationReport.AtBeta(
        beta,
        beta < config.training().lowestBeta() || beta > config.training().highestBeta(),
        config.evaluation().samples(),
        sampled.meanScore(),
        expectedModel,
        expectedTarget,
        totalVariation,
        policy.logPartition(new float[] {beta})[0],
        logPartition,
        sampled.modesFound(),
        modes.rows(),
        sampled.perSecond());
  }

  private Sampled sample(
      StatePolicy policy, float beta, int position, EvaluationObserver observer) {
    RandomGenerator random = new RandomStreams(config.seed()).of(Purpose.EVALUATION, position);
    Rollout rollout = new Rollout(environment);
    ModeTracker tracker = new ModeTracker(modes);
    int samples = config.evaluation().samples();
    double sum = 0;
    long nanoseconds = 0;
    for (int first = 0; first < samples; first += CHUNK) {
      float[] betas = new float[Math.min(CHUNK, samples - first)];
      Arrays.fill(betas, beta);
      float[] uniforms = RandomStreams.uniforms(random, betas.length * environment.maximumSteps());
      long start = System.nanoTime();
      ObjectBatch objects =
          rollout.sample(policy, betas, uniforms, Exploration.NONE).trajectories().objects();
      nanoseconds += System.nanoTime() - start;
      double[] scores = logReward.scores(objects);
      sum += Arrays.stream(scores).sum();
      observer.drawn(beta, objects, scores);
      tracker.observe(objects);
    }
    return new Sampled(sum / samples, tracker.foundCount(), samples * 1e9 / nanoseconds);
  }

  private static double expectation(double[] probabilities, double[] values) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += probabilities[i] * values[i];
    }
    return sum;
  }

  private record Sampled(double meanScore, int modesFound, double perSecond) {}
}
