package io.logitflow.exporter.lowering;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.ModelBounds;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Environment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The trajectory as the rollout has it, with a say in its actions: beta [G], beta_index [B],
 * uniform [B, T], allowed [T, A], greedy [] and top_p [] → tokens [B, S], length, log_pf,
 * log_pf_drawn, log_pb and log_z [B]. log_pf is the policy's own, whatever is allowed; log_pf_drawn
 * is that of the distribution which drew: of the allowed actions, and of their nucleus where top_p
 * is below 1. Of a trajectory that met a state without an allowed action it is −∞.
 *
 * <p>A graph of its own, so that the rollout has no node for what most requests do not ask; without
 * tables, since it is not meant for the largest numbers.
 */
public final class DecodingLowering {
  /**
   * The most nodes that are unrolled: the time in which ONNX Runtime loads a graph grows with their
   * square, and here the first request that needs it waits.
   */
  private static final int MAXIMUM_NODES = 4_096;

  private static final Map<String, Attribute> COLUMNS = Map.of("axis", new Attribute.Whole(1));
  private static final Map<String, Attribute> ROWS = Map.of("axis", new Attribute.Whole(0));

  private final PolicyLowering policy;
  private final Environment environment;
  private final EnvironmentLowering lowering;

  /**
   * Creates the lowering.
   *
   * @param policy the trained networks and the environment that they act in
   * @throws InvalidInputException if the environment has no lowering
   */
  public DecodingLowering(PolicyLowering policy) {
    this(policy, EnvironmentLowering.of(policy.environment()));
  }

  /**
   * Creates the lowering for an environment with a lowering of its own.
   *
   * @param policy the trained networks and the environment that they act in
   * @param lowering that environment's
   */
  public DecodingLowering(PolicyLowering policy, EnvironmentLowering lowering) {
    this.policy = policy;
    this.environment = policy.environment();
    this.lowering = lowering;
  }

  /** Returns the graph; empty if trajectories are too long to be unrolled, or a row too large. */
  public Optional<OnnxGraph> decoding() {
    GraphBuilder graph = new GraphBuilder("decode", "B");
    int steps = environment.maximumSteps();
    Value beta = graph.input(BundleFormat.BETA, ElementType.FLOAT32, Shape.BETAS);
    Value index = graph.input(BundleFormat.BETA_INDEX, ElementType.INT32, Shape.BATCH);
    Value uniform = graph.input(BundleFormat.UNIFORM, ElementType.FLOAT32, Shape.BATCH, steps);
    Value allowed =
        graph.input(BundleFormat.ALLOWED, ElementType.FLOAT32, steps, environment.actionCount());
    Value greedy = graph.input(BundleFormat.GREEDY, ElementType.FLOAT32);
    Value topP = graph.input(BundleFormat.TOP_P, ElementType.FLOAT32);

    graph.section("inputs");
    Value betaColumn = graph.apply(Operator.RESHAPE, beta, graph.integers("asColumn", -1, 1));
    BetaRows rows = BetaRows.of(graph, index);
    Value batch = rows.batch();
    Value isGreedy = graph.apply(Operator.LESS, graph.constant("half", Shape.of(), 0.5f), greedy);
    Value used =
        graph.apply(
            Operator.WHERE, isGreedy, graph.constant("decode.zero", Shape.of(), 0), uniform);
    List<Value> uniforms = single(graph, COLUMNS, used, steps);
    List<Value> allowedRows = single(graph, ROWS, allowed, steps);
    NucleusWeights weights = new NucleusWeights(isGreedy, topP);
    ConditionedLogits ofBetas = policy.forward(graph, betaColumn);
    ConditionedLogits reduced = ofBetas.ofRows(graph, rows);
    ConditionedLogits full = reduced.full();
    BackwardSum backward =
        new BackwardSum(
            policy.backward(graph, betaColumn).map(learned -> learned.ofRows(graph, rows)));

    Sums sums = new Sums();
    graph.section("step0");
    Value root =
        rows.spread(
            graph, ofBetas.ofOneState(graph, policy.rootFeatures(), lowering.rootActions()));
    DecodedChoice decoded =
        DecodedChoice.choose(
            graph,
            weights,
            root,
            new ValidActions(lowering.rootActions(), null),
            allowedRows.get(0),
            uniforms.get(0),
            null);
    sums.add(decoded, null);
    LoweredState state = lowering.firstStep(graph, decoded.choice());
    Value features = backward.add(graph, state, decoded.choice(), null);
    for (int step = 1; step < steps; step++) {
      if (graph.nodeCount() > MAXIMUM_NODES) {
        return Optional.empty();
      }
      graph.section("step" + step);
      ValidActions valid = state.forwardActions(graph);
      Value running = state.running(graph).orElse(null);
      Value scaled =
          (step < policy.firstReducedStep() ? full : reduced)
              .ofStates(graph, features == null ? state.features(graph) : features, valid.range());
      decoded =
          DecodedChoice.choose(
              graph, weights, scaled, valid, allowedRows.get(step), uniforms.get(step), running);
      sums.add(decoded, running);
      state = state.step(graph, decoded.choice());
      features = backward.add(graph, state, decoded.choice(), running);
    }

    graph.section("object");
    DrawnObjects objects = DrawnObjects.of(graph, state);
    graph.output(BundleFormat.TOKENS, objects.tokensOf(graph, environment));
    graph.output(BundleFormat.LENGTH, objects.lengthsOf(graph, environment, batch));
    graph.output(BundleFormat.LOG_PF, sums.policy.finish(graph, "logPf", batch));
    graph.output(BundleFormat.LOG_PF_DRAWN, sums.drawn(graph, batch));
    graph.output(BundleFormat.LOG_PB, backward.finish(graph, batch));
    graph.output(
        BundleFormat.LOG_Z,
        rows.gather(
            graph,
            graph.apply(
                Operator.RESHAPE,
                policy.logPartition(graph, betaColumn),
                graph.integers("asRow", -1))));
    return graph.bytesPerRow() > ModelBounds.LARGEST_ROW
        ? Optional.empty()
        : Optional.of(policy.origin().finish(graph));
  }

  /** Splits into slices of size 1 along an axis. */
  private static List<Value> single(
      GraphBuilder graph, Map<String, Attribute> axis, Value value, int count) {
    long[] sizes = new long[count];
    Arrays.fill(sizes, 1);
    return graph.applyAll(Operator.SPLIT, axis, value, graph.integers("steps.single", sizes));
  }

  /** What adds up over the steps. */
  private static final class Sums {
    private final LogProbabilitySum policy = new LogProbabilitySum();
    private final LogProbabilitySum drawn = new LogProbabilitySum();
    private final List<Value> blocked = new ArrayList<>();

    void add(DecodedChoice decoded, @Nullable Value running) {
      policy.add(decoded.ofPolicy());
      drawn.add(decoded.choice().logProbability());
      drawn.addUniform(decoded.kept(), running);
      blocked.add(decoded.blocked());
    }

    /** Returns the log-probability of what was drawn, −∞ where a row was blocked: [B]. */
    Value drawn(GraphBuilder graph, Value batch) {
      Value most =
          graph.apply(
              Operator.REDUCE_MAX,
              Map.of("axes", new Attribute.Wholes(List.of(1L)), "keepdims", new Attribute.Whole(0)),
              graph.apply(Operator.CONCAT, COLUMNS, blocked.toArray(Value[]::new)));
      return graph.apply(
          Operator.WHERE,
          graph.apply(Operator.LESS, graph.constant("half", Shape.of(), 0.5f), most),
          graph.constant("never", Shape.of(), Float.NEGATIVE_INFINITY),
          drawn.finish(graph, "logPfDrawn", batch));
    }
  }
}
