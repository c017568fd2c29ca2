package io.logitflow.exporter.parity;

import io.logitflow.sampler.batching.CandidateStream;
import io.logitflow.sampler.batching.Sampler;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.sampling.Candidates;
import io.logitflow.sampler.sampling.SampleRequest;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether objects that the sampler draws from a bundle follow the exact distribution of the
 * bundle's policy: a chi-square test over objects, and one over few bins of equal probability,
 * where small shifts of the whole distribution add up.
 */
public final class SamplingCheck {
  private static final double LEAST_EXPECTATION = 5;
  private static final int BINS = 50;

  private SamplingCheck() {}

  /**
   * Samples and compares.
   *
   * @param sampler the sampler of a bundle
   * @param policy the policy that the rollout should draw from
   * @param environment the model's environment, one that {@link ExactDistribution#covers covers}
   *     accepts
   * @param request one inverse temperature
   * @return what came out
   */
  public static SamplingReport run(
      Sampler sampler, StatePolicy policy, Environment environment, SampleRequest request) {
    double[] exact = ExactDistribution.compute(environment, policy, request.beta(0));
    long[] counts = new long[exact.length];
    double squares = 0;
    try (CandidateStream stream = sampler.stream(request)) {
      while (stream.hasNext()) {
        Candidates candidates = stream.next();
        long[] objects = objectIndices(sampler.bundle(), environment, candidates);
        for (int i = 0; i < objects.length; i++) {
          int object = Math.toIntExact(objects[i]);
          counts[object]++;
          double residual = candidates.logPf(i) - candidates.logPb(i) - Math.log(exact[object]);
          squares += residual * residual;
        }
      }
    }
    return new SamplingReport(
        request.beta(0),
        request.rows(),
        test(exact, counts, request.rows(), LEAST_EXPECTATION),
        test(exact, counts, request.rows(), (double) request.rows() / BINS),
        Math.sqrt(squares / request.rows()));
  }

  /**
   * Samples, and compares with a policy near the one that is drawn from.
   *
   * @param sampler the sampler of a bundle
   * @param policy the policy
   * @param environment the model's environment, one that {@link ExactDistribution#covers covers}
   *     accepts
   * @param request one inverse temperature
   * @param declared total variation between the two policies
   * @return what came out
   */
  public static VariationReport run(
      Sampler sampler,
      StatePolicy policy,
      Environment environment,
      SampleRequest request,
      double declared) {
    double[] exact = ExactDistribution.compute(environment, policy, request.beta(0));
    long[] counts = new long[exact.length];
    try (CandidateStream stream = sampler.stream(request)) {
      while (stream.hasNext()) {
        for (long object : objectIndices(sampler.bundle(), environment, stream.next())) {
          counts[Math.toIntExact(object)]++;
        }
      }
    }
    List<ChiSquareTest.Bin> bins =
        bins(exact, counts, request.rows(), (double) request.rows() / BINS);
    double sum = bins.stream().mapToDouble(bin -> Math.abs(bin.count() - bin.expectation())).sum();
    return new VariationReport(
        request.beta(0), request.rows(), bins.size(), sum / 2 / request.rows(), declared);
  }

  /** Returns the index of each candidate among all objects. */
  static long[] objectIndices(Bundle bundle, Environment environment, Candidates candidates) {
    long[] indices = new long[candidates.rowCount()];
    environment.objectIndices(DrawnObjects.of(bundle, candidates), indices);
    return indices;
  }

  /**
   * Tests counts, objects taken by rising probability and joined until a bin expects enough: the
   * rare ones share bins, and a sharper or flatter sampler shows in bins of many objects.
   */
  private static ChiSquareTest test(
      double[] exact, long[] counts, long samples, double leastExpectation) {
    return ChiSquareTest.of(bins(exact, counts, samples, leastExpectation));
  }

  /** Brings counts into bins that follow from the probabilities alone. */
  private static List<ChiSquareTest.Bin> bins(
      double[] exact, long[] counts, long samples, double leastExpectation) {
    List<ChiSquareTest.Bin> bins = new ArrayList<>();
    double expectation = 0;
    long count = 0;
    for (int object : byProbability(exact)) {
      expectation += exact[object] * samples;
      count += counts[object];
      if (expectation >= leastExpectation) {
        bins.add(new ChiSquareTest.Bin(expectation, count));
        expectation = 0;
        count = 0;
      }
    }
    if (!bins.isEmpty()) {
      ChiSquareTest.Bin last = bins.remove(bins.size() - 1);
      expectation += last.expectation();
      count += last.count();
    }
    bins.add(new ChiSquareTest.Bin(expectation, count));
    return bins;
  }

  private static int[] byProbability(double[] exact) {
    return IntStream.range(0, exact.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer object) -> exact[object]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
