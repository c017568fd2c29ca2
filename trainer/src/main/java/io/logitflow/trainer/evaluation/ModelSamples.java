package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.config.EvaluationConfig;
import io.logitflow.trainer.config.ModesConfig;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.reward.EvaluationScores;
import io.logitflow.trainer.training.ModeTracker;
import io.logitflow.trainer.training.RandomStreams;
import io.logitflow.trainer.trajectory.Exploration;
import io.logitflow.trainer.trajectory.Rollout;
import io.logitflow.trainer.trajectory.SampledTrajectories;
import io.logitflow.trainer.trajectory.TrajectoryLogProbability;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.apache.commons.statistics.descriptive.Quantile;
import org.jspecify.annotations.Nullable;

/** Objects drawn from a model at one β, as what is to be known of them; not the objects. */
final class ModelSamples {
  private static final int MOST_COUNTED_TOKENS = 26;

  private final Environment environment;
  private final EvaluationScores source;
  private final int top;
  private final float beta;
  private final double[] scores;
  private final double[] logWeights;
  private final long @Nullable [][] tokenCounts;
  private final @Nullable ModeTracker tracker;
  private final @Nullable SeparatedObjects separated;
  private final PriorityQueue<Scored> best =
      new PriorityQueue<>(
          Comparator.comparingDouble(Scored::score)
              .thenComparing(Scored::number, Comparator.reverseOrder()));
  private int drawn;
  private long nanoseconds;

  /**
   * Prepares a draw.
   *
   * @param config how many objects, and what is a mode
   * @param environment whose objects they are
   * @param source their scores
   * @param modes the modes known, or null where they are to be found among the samples, if at all
   * @param beta inverse temperature
   */
  ModelSamples(
      EvaluationConfig config,
      Environment environment,
      EvaluationScores source,
      @Nullable ObjectBatch modes,
      float beta) {
    this.environment = environment;
    this.source = source;
    this.top = Math.min(config.top(), config.samples());
    this.beta = beta;
    this.scores = new double[config.samples()];
    this.logWeights = new double[config.samples()];
    int vocabulary = environment.tokens().size();
    this.tokenCounts =
        vocabulary > MOST_COUNTED_TOKENS ? null : new long[environment.maximumLength()][vocabulary];
    this.tracker = modes == null ? null : new ModeTracker(modes);
    this.separated =
        modes == null && config.modes() instanceof ModesConfig.Hamming rule
            ? new SeparatedObjects(rule, environment)
            : null;
  }

  /** A sample, by its number among them. */
  private record Scored(double score, int number, int[] tokens) {}

  /**
   * Draws the objects.
   *
   * @param policy the model
   * @param random source of randomness
   */
  void draw(StatePolicy policy, RandomGenerator random) {
    Rollout rollout = new Rollout(environment);
    int chunk = BatchSize.trajectories(environment);
    while (drawn < scores.length) {
      float[] betas = new float[Math.min(chunk, scores.length - drawn)];
      Arrays.fill(betas, beta);
      float[] uniforms = RandomStreams.uniforms(random, betas.length * environment.maximumSteps());
      long start = System.nanoTime();
      SampledTrajectories sampled = rollout.sample(policy, betas, uniforms, Exploration.NONE);
      nanoseconds += System.nanoTime() - start;
      double[] logBackward =
          TrajectoryLogProbability.backward(policy, betas, sampled.trajectories());
      ObjectBatch objects = sampled.trajectories().objects();
      double[] some = source.scores(objects);
      for (int row = 0; row < some.length; row++) {
        scores[drawn + row] = some[row];
        logWeights[drawn + row] =
            beta * source.transform().logReward(some[row])
                + logBackward[row]
                - sampled.logForward()[row];
      }
      note(objects, some);
      drawn += some.length;
    }
  }

  private void note(ObjectBatch objects, double[] some) {
    if (tracker != null) {
      tracker.observe(objects);
    }
    if (separated != null) {
      separated.offer(objects, some);
    }
    for (int row = 0; row < some.length; row++) {
      int[] tokens = ObjectRows.tokens(objects, row);
      if (tokenCounts != null) {
        for (int position = 0; position < tokens.length; position++) {
          tokenCounts[position][tokens[position]]++;
        }
      }
      best.add(new Scored(some[row], drawn + row, tokens));
      if (best.size() > top) {
        best.remove();
      }
    }
  }

  /** Returns the inverse temperature. */
  float beta() {
    return beta;
  }

  /** Returns [N] log weights w = β log R + log P_B − log P_F of the trajectories. */
  double[] logWeights() {
    return logWeights;
  }

  /** Returns [N] the scores in the order of the draw. */
  double[] scores() {
    return scores;
  }

  /**
   * Sums up.
   *
   * @param histogram the scores by buckets
   */
  EvaluationReport.Sampled figures(EvaluationReport.ScoreHistogram histogram) {
    return new EvaluationReport.Sampled(
        scores.length,
        Arrays.stream(scores).average().orElseThrow(),
        Quantile.withDefaults().withCopy(true).evaluate(scores, 0.5),
        top,
        best.stream().mapToDouble(Scored::score).average().orElseThrow(),
        diversity(),
        modesFound(),
        tracker == null ? null : tracker.totalCount(),
        scores.length * 1e9 / nanoseconds,
        histogram,
        tokenCounts);
  }

  private @Nullable Integer modesFound() {
    if (tracker != null) {
      return tracker.foundCount();
    }
    return separated == null ? null : Integer.valueOf(separated.kept().rows());
  }

  /** Returns the mean distance of two of the best, or null where there is one alone. */
  private @Nullable Double diversity() {
    List<Scored> objects = new ArrayList<>(best);
    ObjectDistance distance = new ObjectDistance(environment);
    long sum = 0;
    for (int i = 0; i < objects.size(); i++) {
      for (int j = 0; j < i; j++) {
        sum += distance.between(objects.get(i).tokens(), objects.get(j).tokens());
      }
    }
    double pairs = objects.size() * (objects.size() - 1.0) / 2;
    return pairs == 0 ? null : sum / pairs;
  }
}
