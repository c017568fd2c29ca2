package io.logitflow.exporter.parity;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.sampler.batching.CandidateStream;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.sampler.scoring.ScoreRequest;
import io.logitflow.sampler.scoring.ScoreRequest.Objects;
import io.logitflow.sampler.scoring.ScoreRequest.Trajectories;
import io.logitflow.sampler.scoring.Scorer;
import io.logitflow.sampler.scoring.Scores;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.evaluation.ExactDistribution;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Whether a bundle's graph of scores gives the log-probabilities of objects that the sampler draws:
 * those of the exact distribution of the bundle's policy where there are few objects in all.
 */
public final class ScoreCheck {
  /** The most objects that are enumerated for it, so that it takes seconds. */
  private static final long MOST_OBJECTS = 1_000_000;

  private static final double DEVIATIONS = 1.96;
  private static final double ROUNDING = 1e-6;

  private ScoreCheck() {}

  /**
   * Samples, scores and compares.
   *
   * @param sampler the sampler of a bundle that has a graph of scores
   * @param policy the bundle's policy
   * @param environment the model's environment
   * @param request one inverse temperature, and a few hundred objects
   * @return what came out
   * @throws LogitFlowException if the graph does not load or run
   */
  public static ScoreReport run(
      Sampler sampler, OnnxStatePolicy policy, Environment environment, SampleRequest request) {
    Bundle bundle = sampler.bundle();
    float beta = request.beta(0);
    boolean enumerated =
        ExactDistribution.covers(environment)
            && environment.objectCount().orElseThrow() <= MOST_OBJECTS;
    double[] exact =
        enumerated
            ? ExactDistribution.logProbabilities(environment, policy, beta)[0]
            : new double[0];
    boolean finite = true;
    double largest = 0;
    int covered = 0;
    int objects = 0;
    boolean sums = false;
    try (Scorer scorer = Scorer.open(bundle, sampler.options().provider(), 1);
        CandidateStream stream = sampler.stream(request)) {
      while (stream.hasNext()) {
        Candidates candidates = stream.next();
        int[] lengths = IntStream.range(0, candidates.rowCount()).map(candidates::length).toArray();
        Scores scores =
            scorer.score(
                ScoreRequest.of(
                    bundle,
                    new float[] {beta},
                    new Objects(candidates.tokens(), lengths),
                    new Trajectories(
                        ScoreRequest.DEFAULT_TRAJECTORIES, candidates.firstRow(), request.seed())));
        sums = scores.exact();
        long[] indices =
            enumerated
                ? SamplingCheck.objectIndices(bundle, environment, candidates)
                : new long[lengths.length];
        for (int i = 0; i < lengths.length; i++) {
          objects++;
          finite &= Float.isFinite(scores.logP(0, i)) && Float.isFinite(scores.standardError(0, i));
          if (enumerated) {
            double expected = exact[Math.toIntExact(indices[i])];
            double rounding = ROUNDING * Math.abs(expected);
            double found = scores.logP(0, i);
            largest = Math.max(largest, Math.abs(found - expected) - rounding);
            double error = DEVIATIONS * scores.standardError(0, i) + rounding + ROUNDING;
            covered += Math.abs(1 - Math.exp(expected - found)) <= error ? 1 : 0;
          }
        }
      }
    }
    OptionalDouble difference =
        enumerated
            ? OptionalDouble.of(sums ? largest : covered / (double) objects)
            : OptionalDouble.empty();
    double tolerance =
        Math.max(
            ScoreReport.TOLERANCE,
            Tolerance.of(sampler.options().provider(), bundle.steps()).absolute());
    return new ScoreReport(beta, objects, sums, finite, difference, tolerance);
  }
}
