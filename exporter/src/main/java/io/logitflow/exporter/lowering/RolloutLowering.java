package io.logitflow.exporter.lowering;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.v1.TensorSignature;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The whole trajectory as one graph, unrolled over its T steps: beta [B] and uniform [B, T] →
 * tokens [B, S], length, log_pf, log_pb and log_z [B]. A run is a pure function of its inputs.
 */
public final class RolloutLowering {
  /**
   * The most nodes that are unrolled: the time in which a runtime loads a graph may grow with their
   * square.
   */
  private static final int MAXIMUM_NODES = 10_000;

  private static final Map<String, Attribute> COLUMNS = Map.of("axis", new Attribute.Whole(1));

  private final PolicyLowering policy;
  private final Environment environment;
  private final EnvironmentLowering lowering;

  /**
   * Creates the lowering.
   *
   * @param policy the trained networks and the environment that they act in
   * @throws InvalidInputException if the environment has no lowering
   */
  public RolloutLowering(PolicyLowering policy) {
    this(policy, EnvironmentLowering.of(policy.environment()));
  }

  /**
   * Creates the lowering for an environment with a lowering of its own.
   *
   * @param policy the trained networks and the environment that they act in
   * @param lowering that environment's
   */
  public RolloutLowering(PolicyLowering policy, EnvironmentLowering lowering) {
    this.policy = policy;
    this.environment = policy.environment();
    this.lowering = lowering;
  }

  /**
   * Returns the graph.
   *
   * @throws InvalidInputException if trajectories are too long to be unrolled
   */
  public OnnxGraph rollout() {
    GraphBuilder graph = new GraphBuilder("rollout", "B");
    int steps = environment.maximumSteps();
    Value beta = graph.input(BundleFormat.BETA, ElementType.FLOAT32, Shape.BATCH);
    Value uniform = graph.input(BundleFormat.UNIFORM, ElementType.FLOAT32, Shape.BATCH, steps);

    graph.section("beta");
    Value betaColumn = graph.apply(Operator.RESHAPE, beta, graph.integers("asColumn", -1, 1));
    ConditionedLogits forward = policy.forward(graph, betaColumn);
    Value logPartition = policy.logPartition(graph, betaColumn);
    BackwardSum backward = new BackwardSum(policy.backward(graph, betaColumn));
    long[] single = new long[steps];
    Arrays.fill(single, 1);
    List<Value> uniforms =
        graph.applyAll(Operator.SPLIT, COLUMNS, uniform, graph.integers("steps", single));

    LogProbabilitySum logForward = new LogProbabilitySum();
    graph.section("step0");
    Value root = forward.ofOneState(graph, policy.rootFeatures(), lowering.rootActions());
    ActionChoice choice =
        ActionChoice.choose(graph, Softmax.of(graph, root, null), uniforms.get(0), null);
    logForward.add(choice.shiftedLogit(), choice.total(), null);
    LoweredState state = lowering.firstStep(graph, choice);
    Value features = backward.add(graph, state, choice, null);
    for (int step = 1; step < steps; step++) {
      requireRoom(graph, step);
      graph.section("step" + step);
      ValidActions valid = state.forwardActions(graph);
      Value running = state.running(graph).orElse(null);
      Value logits =
          forward.ofStates(
              graph, features == null ? state.features(graph) : features, valid.range());
      choice =
          ActionChoice.choose(
              graph, Softmax.of(graph, logits, valid.mask()), uniforms.get(step), running);
      logForward.add(choice.shiftedLogit(), choice.total(), running);
      state = state.step(graph, choice);
      features = backward.add(graph, state, choice, running);
    }

    graph.section("object");
    Value batch = graph.apply(Operator.SHAPE, beta);
    graph.output(BundleFormat.TOKENS, cast(graph, state.tokens(graph), tokenType()));
    Value lengths = state.lengths(graph).orElse(null);
    if (lengths == null) {
      Value length = graph.constant("object.length", Shape.of(1), environment.maximumLength());
      lengths = graph.apply(Operator.EXPAND, length, batch);
    }
    graph.output(BundleFormat.LENGTH, cast(graph, lengths, ElementType.INT32));
    graph.output(BundleFormat.LOG_PF, logForward.finish(graph, "logPf", batch));
    graph.output(BundleFormat.LOG_PB, backward.finish(graph, batch));
    graph.output(
        BundleFormat.LOG_Z,
        graph.apply(Operator.RESHAPE, logPartition, graph.integers("asRow", -1)));
    return policy.origin().finish(graph);
  }

  private void requireRoom(GraphBuilder graph, int step) {
    if (graph.nodeCount() > MAXIMUM_NODES) {
      throw new InvalidInputException(
          "environment",
          "trajectories of up to " + environment.maximumSteps() + " steps",
          "at most "
              + step
              + ", since this model's steps are unrolled into a graph of some "
              + MAXIMUM_NODES
              + " nodes at most");
    }
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
