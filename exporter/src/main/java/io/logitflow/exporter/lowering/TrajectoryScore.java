package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.exporter.lowering.ReturningState.Undone;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One trajectory backward from each object, drawn with P_B, and its log P_F and log P_B. P_F / P_B
 * has the expectation p(x; β) (importance sampling, as in Zhang et al. 2022, "Generative Flow
 * Networks for Discrete Probabilistic Modeling").
 */
final class TrajectoryScore {
  private static final Map<String, Attribute> COLUMNS = Map.of("axis", new Attribute.Whole(1));

  private final PolicyLowering policy;
  private final int mostNodes;
  private final LogProbabilitySum logForward = new LogProbabilitySum();
  private final LogProbabilitySum logBackward = new LogProbabilitySum();

  /**
   * Creates the lowering of one graph.
   *
   * @param policy the trained networks
   * @param mostNodes the most nodes of the graph
   */
  TrajectoryScore(PolicyLowering policy, int mostNodes) {
    this.policy = policy;
    this.mostNodes = mostNodes;
  }

  /**
   * The log-probabilities of trajectories.
   *
   * @param logForward [B] log P_F
   * @param logBackward [B] log P_B
   */
  record LogProbabilities(Value logForward, Value logBackward) {}

  /**
   * Draws trajectories.
   *
   * @param terminals the states of the objects
   * @param uniform [B, T] in [0, 1)
   * @return empty if the graph had to have too many nodes
   */
  Optional<LogProbabilities> draw(
      GraphBuilder graph, ReturningState terminals, ScoredObjects objects, Value uniform) {
    int steps = policy.environment().maximumSteps();
    ConditionedLogits forward = policy.forward(graph, objects.beta());
    ConditionedLogits backward = policy.backward(graph, objects.beta()).orElse(null);
    long[] single = new long[steps];
    Arrays.fill(single, 1);
    List<Value> uniforms =
        graph.applyAll(Operator.SPLIT, COLUMNS, uniform, graph.integers("steps", single));
    ActionRange rootActions = EnvironmentLowering.of(policy.environment()).rootActions();
    ReturningState state = terminals;
    Value features = null;
    for (int step = 0; step < steps; step++) {
      if (graph.nodeCount() > mostNodes) {
        return Optional.empty();
      }
      graph.section("back" + step);
      Value underWay = state.underWay(graph).orElse(null);
      ValidActions valid = state.backwardActions(graph);
      ActionChoice choice = null;
      if (valid.range().count() > 1 || valid.mask() != null) {
        Softmax softmax = softmax(graph, backward, state, features, valid);
        choice = ActionChoice.choose(graph, softmax, uniforms.get(step), underWay);
        add(graph, backward != null, softmax, choice, valid, underWay);
      }
      Undone undone = state.undo(graph, choice);
      state = undone.parents();
      LoweredState parents = state.state().orElse(null);
      if (parents == null) {
        Value root = forward.ofOneState(graph, policy.rootFeatures(), rootActions);
        addForward(graph, Softmax.logarithms(graph, root, null), undone.twin());
      } else {
        ValidActions forwardActions = parents.forwardActions(graph);
        features = parents.features(graph);
        Value logits = forward.ofStates(graph, features, forwardActions.range());
        addForward(graph, Softmax.logarithms(graph, logits, forwardActions.mask()), undone.twin());
      }
    }
    graph.section("sums");
    return Optional.of(
        new LogProbabilities(
            logForward.finish(graph, "logPf", objects.batch()),
            logBackward.finish(graph, "logPb", objects.batch())));
  }

  private static Softmax softmax(
      GraphBuilder graph,
      @Nullable ConditionedLogits learned,
      ReturningState state,
      @Nullable Value features,
      ValidActions valid) {
    Value mask = valid.mask();
    if (learned != null) {
      Value read = features == null ? state.state().orElseThrow().features(graph) : features;
      return Softmax.of(graph, learned.ofStates(graph, read, valid.range()), mask);
    }
    int count = valid.range().count();
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return new Softmax(
        graph.constant("uniform.logits" + count, Shape.of(1, count), new float[count]),
        mask == null
            ? graph.constant("uniform.weights" + count, Shape.of(1, count), ones)
            : Columns.toFloat(graph, mask));
  }

  private void add(
      GraphBuilder graph,
      boolean learned,
      Softmax softmax,
      ActionChoice choice,
      ValidActions valid,
      @Nullable Value underWay) {
    if (learned) {
      logBackward.add(choice.logProbability());
    } else if (valid.mask() == null) {
      logBackward.addConstant(-Math.log(valid.range().count()));
    } else {
      logBackward.addUniform(Columns.sum(graph, softmax.probabilities()), underWay);
    }
  }

  private void addForward(GraphBuilder graph, Value logProbabilities, Value twin) {
    logForward.add(graph.apply(Operator.MUL, twin, logProbabilities));
  }
}
