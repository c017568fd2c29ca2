package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.ElementType;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Shape;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.trainer.environment.Environment;
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

  /** The most substrings of a string that are summed over, a node at least for each. */
  private static final int MOST_SUBSTRINGS = 2_000;

  private final PolicyLowering policy;
  private final Environment environment;
  private final int mostSubstrings;

  /**
   * Creates the lowering.
   *
   * @param policy the trained networks and the environment that they act in
   */
  public ScoreLowering(PolicyLowering policy) {
    this(policy, MOST_SUBSTRINGS);
  }

  /**
   * Creates the lowering with another bound.
   *
   * @param policy the trained networks and the environment that they act in
   * @param mostSubstrings the most substrings of a string that are summed over
   */
  ScoreLowering(PolicyLowering policy, int mostSubstrings) {
    this.policy = policy;
    this.environment = policy.environment();
    this.mostSubstrings = mostSubstrings;
  }

  /**
   * Returns the graph.
   *
   * @return empty if the environment has no lowering of it, or the graph had too many nodes
   */
  public Optional<OnnxGraph> score() {
    GraphBuilder graph = new GraphBuilder("score", "B");
    ScoredObjects objects = ScoredObjects.input(graph, environment);
    if (environment instanceof Autoregressive strings) {
      Value logProbability = new PathScore(policy, strings).logProbability(graph, objects);
      graph.output(BundleFormat.LOG_P, logProbability);
    } else if (environment instanceof PrependAppend strings
        && strings.maximumLength() * (strings.maximumLength() + 1L) / 2 <= mostSubstrings) {
      Value logProbability = new SubstringScore(policy, strings).logProbability(graph, objects);
      graph.output(BundleFormat.LOG_P, logProbability);
    } else if (!draw(graph, objects)) {
      return Optional.empty();
    }
    return graph.nodeCount() > MAXIMUM_NODES
        ? Optional.empty()
        : Optional.of(policy.origin().finish(graph));
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
