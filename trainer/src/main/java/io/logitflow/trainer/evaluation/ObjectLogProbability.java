package io.logitflow.trainer.evaluation;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.ObjectBatch;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.trajectory.ActionDistribution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * log p(x; β) of given objects, whether or not all objects can be enumerated.
 *
 * <p>Exact, by dynamic programming over the object's {@link AncestorLattice}, where that has no
 * more states than the K trajectories of the estimate would visit, and at most 20,000. Elsewhere
 * estimated: p(x) is the mean of P_F(τ) / P_B(τ | x) over trajectories τ drawn backward from x with
 * P_B, so that log p(x) is about the logarithm of the mean over K of them (importance sampling, as
 * in Zhang et al. 2022, "Generative Flow Networks for Discrete Probabilistic Modeling"). Its
 * standard error is that of the mean divided by the mean (delta method). The estimate of log p(x)
 * is too low by half the square of its standard error on average.
 */
public final class ObjectLogProbability {
  private static final int MOST_ANCESTORS = 20_000;

  private final Environment environment;
  private final StatePolicy policy;
  private final int trajectories;
  private final int mostAncestors;

  /**
   * Prepares the computation.
   *
   * @param environment any environment
   * @param policy the policy
   * @param trajectories K, backward trajectories behind an estimate, at least 2
   */
  public ObjectLogProbability(Environment environment, StatePolicy policy, int trajectories) {
    this.environment = environment;
    this.policy = policy;
    this.trajectories = trajectories;
    this.mostAncestors =
        (int)
            Math.min(
                Math.min(MOST_ANCESTORS, BatchSize.heldStates(environment)),
                (long) trajectories * environment.maximumSteps());
  }

  /**
   * Log-probabilities of objects at one β.
   *
   * @param values [N] log p(x; β)
   * @param standardErrors [N] of the estimates, 0 where exact
   * @param exact [N] whether exact
   */
  public record LogProbabilities(double[] values, double[] standardErrors, boolean[] exact) {
    private LogProbabilities(int objects) {
      this(new double[objects], new double[objects], new boolean[objects]);
    }
  }

  /**
   * Computes log-probabilities.
   *
   * @param objects [N]
   * @param betas [B] inverse temperatures
   * @param random what estimates are drawn with
   * @return one entry for each β
   */
  public List<LogProbabilities> of(ObjectBatch objects, float[] betas, RandomGenerator random) {
    List<LogProbabilities> found = new ArrayList<>();
    for (int b = 0; b < betas.length; b++) {
      found.add(new LogProbabilities(objects.rows()));
    }
    int[] large = solveSmall(objects, betas, found);
    TrajectoryWeights weights = new TrajectoryWeights(environment, random);
    int together = Math.max(1, BatchSize.trajectories(environment) / trajectories);
    for (int b = 0; b < betas.length; b++) {
      for (int first = 0; first < large.length; first += together) {
        int[] rows = Arrays.copyOfRange(large, first, Math.min(first + together, large.length));
        double[] drawn =
            weights.draw(ObjectRows.repeated(objects, trajectories, rows), policy, betas[b]);
        for (int i = 0; i < rows.length; i++) {
          double[] own = Arrays.copyOfRange(drawn, i * trajectories, (i + 1) * trajectories);
          estimate(own, rows[i], found.get(b));
        }
      }
    }
    return found;
  }

  /** Solves the objects whose lattices are small and returns the rows of the others. */
  private int[] solveSmall(ObjectBatch objects, float[] betas, List<LogProbabilities> found) {
    List<Integer> large = new ArrayList<>();
    List<AncestorLattice> group = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    int held = 0;
    for (int row = 0; row < objects.rows(); row++) {
      Optional<AncestorLattice> lattice =
          AncestorLattice.of(environment, ObjectRows.repeated(objects, 1, row), mostAncestors);
      if (lattice.isEmpty()) {
        large.add(row);
        continue;
      }
      if (held + lattice.get().states() > BatchSize.heldStates(environment)) {
        solve(group, rows, betas, found);
        group.clear();
        rows.clear();
        held = 0;
      }
      group.add(lattice.get());
      rows.add(row);
      held += lattice.get().states();
    }
    solve(group, rows, betas, found);
    return large.stream().mapToInt(Integer::intValue).toArray();
  }

  private void solve(
      List<AncestorLattice> lattices,
      List<Integer> rows,
      float[] betas,
      List<LogProbabilities> found) {
    List<double[][]> reached = new ArrayList<>();
    lattices.forEach(lattice -> reached.add(new double[betas.length][1]));
    for (int steps = 0; steps < environment.maximumSteps(); steps++) {
      int level = steps;
      int[] open =
          IntStream.range(0, lattices.size())
              .filter(i -> level + 1 < lattices.get(i).levels().size())
              .toArray();
      if (open.length > 0) {
        advance(lattices, open, level, betas, reached);
      }
    }
    for (int i = 0; i < lattices.size(); i++) {
      for (int b = 0; b < betas.length; b++) {
        found.get(b).values()[rows.get(i)] = reached.get(i)[b][0];
        found.get(b).exact()[rows.get(i)] = true;
      }
    }
  }

  /** Takes some of the lattices from one level to the next, asking the policy once for all. */
  private void advance(
      List<AncestorLattice> lattices,
      int[] open,
      int level,
      float[] betas,
      List<double[][]> reached) {
    int count =
        Arrays.stream(open).map(i -> lattices.get(i).levels().get(level).states().rows()).sum();
    StateBatch states = new StateBatch(count, environment.roots(1).width());
    int first = 0;
    for (int i : open) {
      StateBatch some = lattices.get(i).levels().get(level).states();
      states.put(some, first);
      first += some.rows();
    }
    LevelStep step = new LevelStep(states);
    List<double[][]> next = new ArrayList<>();
    for (int i : open) {
      int rows = lattices.get(i).levels().get(level + 1).states().rows();
      double[][] empty = new double[betas.length][rows];
      Arrays.stream(empty).forEach(row -> Arrays.fill(row, Double.NEGATIVE_INFINITY));
      next.add(empty);
    }
    for (int b = 0; b < betas.length; b++) {
      step.setBeta(betas[b]);
      int offset = 0;
      for (int n = 0; n < open.length; n++) {
        AncestorLattice.Level from = lattices.get(open[n]).levels().get(level);
        step.add(from, offset, reached.get(open[n])[b], next.get(n)[b]);
        offset += from.states().rows();
      }
    }
    for (int n = 0; n < open.length; n++) {
      reached.set(open[n], next.get(n));
    }
  }

  /** The forward policy on the states of a level. */
  private final class LevelStep {
    private final StateBatch states;
    private final boolean[] mask;
    private final ActionDistribution distribution;
    private float[] logits = new float[0];
    private float[] scale = new float[0];

    LevelStep(StateBatch states) {
      this.states = states;
      this.mask = new boolean[states.rows() * environment.actionCount()];
      this.distribution = new ActionDistribution(policy, environment.actionCount());
      environment.forwardMask(states, mask);
    }

    void setBeta(float beta) {
      if (logits.length == 0 || policy.logitsReadBeta()) {
        float[] same = new float[states.rows()];
        Arrays.fill(same, beta);
        logits = policy.forwardLogits(states, same);
      }
      scale = policy.forwardScale(new float[] {beta});
    }

    /** Adds what the states of one lattice, from a row on, have been reached with to the next. */
    void add(AncestorLattice.Level level, int firstRow, double[] reached, double[] next) {
      for (int row = 0; row < reached.length; row++) {
        distribution.set(logits, scale, mask, firstRow + row, 0);
        for (int edge = level.firstEdge()[row]; edge >= 0; edge = level.nextEdge()[edge]) {
          double flow = reached[row] + distribution.logProbability(level.action()[edge]);
          int child = level.child()[edge];
          next[child] = LogSum.add(next[child], flow);
        }
      }
    }
  }

  /** Estimates log p(x) from the log weights of K trajectories. */
  private static void estimate(double[] logWeights, int row, LogProbabilities into) {
    int count = logWeights.length;
    double logMean = LogSum.of(logWeights) - Math.log(count);
    double squares = 0;
    for (double logWeight : logWeights) {
      double deviation = Math.exp(logWeight - logMean) - 1;
      squares += deviation * deviation;
    }
    into.values()[row] = logMean;
    into.standardErrors()[row] = Math.sqrt(squares / (count - 1.0) / count);
  }
}
