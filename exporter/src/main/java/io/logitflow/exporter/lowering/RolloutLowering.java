package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.Attribute;
import io.logitflow.exporter.graph.ElementType;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Operator;
import io.logitflow.exporter.graph.Shape;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.v1.TensorSignature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The whole trajectory as one graph, unrolled over its T steps: beta [B] and uniform [B, T] →
 * tokens [B, S], length, log_pf, log_pb and log_z [B]. A run is a pure function of its inputs.
 */
public final class RolloutLowering {
  private static final Map<String, Attribute> COLUMNS = Map.of("axis", new Attribute.Whole(1));

  private final PolicyLowering policy;
  private final Environment environment;
  private final EnvironmentLowering lowering;

  /**
   * Creates the lowering.
   *
   * @param policy the trained networks and the environment that they act in
   */
  public RolloutLowering(PolicyLowering policy) {
    this.policy = policy;
    this.environment = policy.environment();
    this.lowering = EnvironmentLowering.of(environment);
  }

  /** Returns the graph. */
  public OnnxGraph rollout() {
    int steps = environment.maximumSteps();
    GraphBuilder graph = new GraphBuilder("rollout", "B");
    Value beta = graph.input(BundleFormat.BETA, ElementType.FLOAT32, Shape.BATCH);
    Value uniform = graph.input(BundleFormat.UNIFORM, ElementType.FLOAT32, Shape.BATCH, steps);

    graph.section("beta");
    Value betaColumn = graph.apply(Operator.RESHAPE, beta, graph.integers("asColumn", -1, 1));
    Value scale = policy.forwardScale(graph, betaColumn);
    Value logPartition = policy.logPartition(graph, betaColumn);
    ScaledLogits scaled =
        new ScaledLogits(scale, environment.actionCount(), policy.network().logitClamp());
    long[] single = new long[steps];
    Arrays.fill(single, 1);
    List<Value> uniforms =
        graph.applyAll(Operator.SPLIT, COLUMNS, uniform, graph.integers("steps", single));

    List<ActionChoice> choices = new ArrayList<>();
    graph.section("step0");
    Value root = scaled.ofRoot(graph, policy.rootLogits(graph), lowering.rootActions());
    choices.add(ActionChoice.choose(graph, root, uniforms.get(0)));
    LoweredState state = lowering.firstStep(graph, choices.get(0));
    for (int step = 1; step < steps; step++) {
      graph.section("step" + step);
      Value logits = scaled.ofStates(graph, policy.forwardLogits(graph, state.features()));
      ActionChoice choice = ActionChoice.choose(graph, logits, uniforms.get(step));
      state = state.step(graph, choice);
      choices.add(choice);
    }

    graph.section("object");
    Value batch = graph.apply(Operator.SHAPE, beta);
    graph.output(BundleFormat.TOKENS, cast(graph, state.tokens(graph), tokenType()));
    graph.output(BundleFormat.LENGTH, cast(graph, state.lengths(graph, batch), ElementType.INT32));
    graph.output(BundleFormat.LOG_PF, logForward(graph, choices));
    graph.output(BundleFormat.LOG_PB, state.logBackward(graph, batch));
    graph.output(
        BundleFormat.LOG_Z,
        graph.apply(Operator.RESHAPE, logPartition, graph.integers("asRow", -1)));
    return policy.origin().finish(graph);
  }

  /** Sums log P_F over the steps: the logits and, in one go, the logarithms of the totals. */
  private static Value logForward(GraphBuilder graph, List<ActionChoice> choices) {
    Value logits = sum(graph, joined(graph, choices.stream().map(ActionChoice::shiftedLogit)));
    Value totals = joined(graph, choices.stream().map(ActionChoice::total));
    return graph.apply(Operator.SUB, logits, sum(graph, graph.apply(Operator.LOG, totals)));
  }

  private static Value joined(GraphBuilder graph, Stream<Value> columns) {
    return graph.apply(Operator.CONCAT, COLUMNS, columns.toArray(Value[]::new));
  }

  private static Value sum(GraphBuilder graph, Value columns) {
    return graph.apply(
        Operator.REDUCE_SUM,
        Map.of("keepdims", new Attribute.Whole(0)),
        columns,
        graph.integers("columns", 1));
  }

  private ElementType tokenType() {
    return BundleFormat.tokenType(environment.tokens().size()) == TensorSignature.ElementType.UINT8
        ? ElementType.UINT8
        : ElementType.INT16;
  }

  private static Value cast(GraphBuilder graph, Value value, ElementType type) {
    return graph.apply(Operator.CAST, Map.of("to", new Attribute.Whole(type.code())), value);
  }
}
