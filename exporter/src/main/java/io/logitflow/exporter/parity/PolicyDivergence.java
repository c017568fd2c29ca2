package io.logitflow.exporter.parity;

import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.evaluation.ExactDistribution;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.trajectory.SampledTrajectories;
import io.logitflow.trainer.trajectory.TrajectoryLogProbability;
import io.logitflow.v1.Divergence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.DoubleStatistics;
import org.apache.commons.statistics.descriptive.Statistic;

/**
 * The total variation between what two policies draw at the same inverse temperature.
 *
 * <p>Of objects, it is enumerated where there are few enough states. Else it is estimated, of
 * trajectories, from those that the second policy draws: with p and q the probabilities under the
 * first and the second, TV = Σ max(0, q − p) = E_q[max(0, 1 − p / q)]. That is the same number as
 * E_q|1 − p / q| / 2, of terms between 0 and 1, so that no rare trajectory of a large p / q decides
 * it. Joining trajectories into objects only brings distributions nearer, so the objects' is no
 * larger.
 */
final class PolicyDivergence {
  /** The most states that are enumerated, so that it takes seconds. */
  static final long MOST_STATES = 1_000_000;

  /** Trajectories drawn for an estimate. */
  static final int TRAJECTORIES = 4_096;

  private static final long SEED = 0xD17E26E4CEL;

  private PolicyDivergence() {}

  /**
   * Measures.
   *
   * @param environment what both act in
   * @param first p
   * @param second q
   * @param betas inverse temperatures
   * @return one for each of them
   */
  static List<Divergence> measure(
      Environment environment, StatePolicy first, StatePolicy second, float... betas) {
    return enumerates(environment)
        ? exact(environment, first, second, betas)
        : estimates(environment, first, second, betas);
  }

  private static boolean enumerates(Environment environment) {
    return ExactDistribution.covers(environment)
        && IntStream.rangeClosed(0, environment.maximumSteps())
                .mapToLong(steps -> environment.stateCount(steps).orElseThrow())
                .sum()
            <= MOST_STATES;
  }

  private static List<Divergence> exact(
      Environment environment, StatePolicy first, StatePolicy second, float... betas) {
    double[][] p = ExactDistribution.logProbabilities(environment, first, betas);
    double[][] q = ExactDistribution.logProbabilities(environment, second, betas);
    List<Divergence> divergences = new ArrayList<>();
    for (int b = 0; b < betas.length; b++) {
      double sum = 0;
      for (int object = 0; object < p[b].length; object++) {
        sum += Math.abs(Math.exp(p[b][object]) - Math.exp(q[b][object]));
      }
      divergences.add(
          Divergence.newBuilder()
              .setBeta(betas[b])
              .setKind(BundleFormat.EXACT)
              .setTotalVariation(sum / 2)
              .build());
    }
    return divergences;
  }

  /**
   * Estimates, whatever could be enumerated.
   *
   * @param environment what both act in
   * @param first p
   * @param second q
   * @param betas inverse temperatures
   * @return one for each of them
   */
  static List<Divergence> estimates(
      Environment environment, StatePolicy first, StatePolicy second, float... betas) {
    List<Divergence> divergences = new ArrayList<>();
    for (float beta : betas) {
      DoubleStatistics terms = DoubleStatistics.of(Statistic.MEAN, Statistic.STANDARD_DEVIATION);
      int tile = ParityCheck.tile(environment);
      for (int firstRow = 0; firstRow < TRAJECTORIES; firstRow += tile) {
        float[] same = new float[tile];
        Arrays.fill(same, beta);
        SampledTrajectories drawn =
            SeededTrajectories.draw(environment, second, same, SEED, firstRow);
        double[] logP = TrajectoryLogProbability.forward(first, same, drawn.trajectories());
        double[] logQ = TrajectoryLogProbability.forward(second, same, drawn.trajectories());
        for (int row = 0; row < tile; row++) {
          terms.accept(Math.max(0, -Math.expm1(logP[row] - logQ[row])));
        }
      }
      divergences.add(
          Divergence.newBuilder()
              .setBeta(beta)
              .setKind(BundleFormat.ESTIMATE)
              .setTotalVariation(terms.getAsDouble(Statistic.MEAN))
              .setStandardError(
                  terms.getAsDouble(Statistic.STANDARD_DEVIATION) / Math.sqrt(TRAJECTORIES))
              .setTrajectories(TRAJECTORIES)
              .build());
    }
    return divergences;
  }
}
