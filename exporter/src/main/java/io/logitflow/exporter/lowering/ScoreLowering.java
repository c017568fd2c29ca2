package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.ModelBounds;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.NonAutoregressive;
import io.logitflow.trainer.environment.PrependAppend;
import java.util.Optional;

/**
 * The log-probability of given objects as one graph. Exact where few states lead to an object:
 * tokens [B, S], length [B] and beta [B] → log_p [B]. Elsewhere of one trajectory backward from the
 * object: reads uniform [B, T] as well → log_pf [B] and log_pb [B], of which the mean of exp(log_pf
 * − log_pb) over trajectories has the expectation p(x; β).
 */
public final class ScoreLowering {
  /** The most nodes of the graph, as of the rollout's. */
  private static final int MAXIMUM_NODES = 10_000;

  /** The most states that are summed over; K = 64 trajectories would often visit more. */
  private static final int MOST_STATES = 2_000;

  private final PolicyLowering policy;
  private final Environment environment;
  private final int mostStates;

  /**
   * Creates the lowering.
   *
   * @param policy the trained networks and the environment that they act in
   */
  public ScoreLowering(PolicyLowering policy) {
    this(policy, MOST_STATES);
  }

  /**
   * Creates the lowering with another bound.
   *
   * @param policy the trained networks and the environment that they act in
   * @param mostStates the most states that are summed over where several trajectories end in an
   *     object; with 0 they are drawn wherever there are several
   */
  public ScoreLowering(PolicyLowering policy, int mostStates) {
    this.policy = policy;
    this.environment = policy.environment();
    this.mostStates = mostStates;
  }

  /**
   * Returns the graph.
   *
   * @return empty if the environment has no lowering of it, or the graph had too many nodes
   */
  public Optional<OnnxGraph> score() {
    return exact().or(this::drawn);
  }

  /** Returns the graph of an exact sum; empty where it is over too much. */
  private Optional<OnnxGraph> exact() {
    GraphBuilder graph = new GraphBuilder("score", "B");
    ScoredObjects objects = ScoredObjects.input(graph, environment);
    Value logProbability;
    if (environment instanceof Autoregressive strings) {
      logProbability = new PathScore(policy, strings).logProbability(graph, objects);
    } else if (environment instanceof PrependAppend strings
        && SubstringScore.count(strings) <= mostStates) {
      logProbability = new SubstringScore(policy, strings).logProbability(graph, objects);
    } else if (environment instanceof Hypergrid grid && GridLattice.count(grid) <= mostStates) {
      ObjectLattice lattice = new GridLattice(grid, objects);
      logProbability = new LatticeScore(policy, lattice).logProbability(graph, objects);
    } else if (environment instanceof NonAutoregressive words
        && SubsetLattice.count(words) <= mostStates) {
      ObjectLattice lattice = new SubsetLattice(graph, words, objects);
      logProbability = new LatticeScore(policy, lattice).logProbability(graph, objects);
    } else {
      return Optional.empty();
    }
    graph.output(BundleFormat.LOG_P, logProbability);
    return finished(graph);
  }

  /** Returns the graph of a trajectory drawn backward. */
  private Optional<OnnxGraph> drawn() {
    GraphBuilder graph = new GraphBuilder("score", "B");
    ScoredObjects objects = ScoredObjects.input(graph, environment);
    return draw(graph, objects) ? finished(graph) : Optional.empty();
  }

  private Optional<OnnxGraph> finished(GraphBuilder graph) {
    boolean fits =
        graph.nodeCount() <= MAXIMUM_NODES && graph.bytesPerRow() <= ModelBounds.LARGEST_ROW;
    return fits ? Optional.of(policy.origin().finish(graph)) : Optional.empty();
  }

  private boolean draw(GraphBuilder graph, ScoredObjects objects) {
    Optional<ReturningState> terminals = ReturningState.terminals(graph, environment, objects);
    if (terminals.isEmpty()) {
      return false;
    }
    Value uniform =
        graph.input(
            BundleFormat.UNIFORM, ElementType.FLOAT32, Shape.BATCH, environment.maximumSteps());
    Optional<TrajectoryScore.LogProbabilities> drawn =
        new TrajectoryScore(policy, MAXIMUM_NODES).draw(graph, terminals.get(), objects, uniform);
    drawn.ifPresent(
        logProbabilities -> {
          graph.output(BundleFormat.LOG_PF, logProbabilities.logForward());
          graph.output(BundleFormat.LOG_PB, logProbabilities.logBackward());
        });
    return drawn.isPresent();
  }
}
