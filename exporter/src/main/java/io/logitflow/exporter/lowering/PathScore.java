package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Autoregressive;
import java.util.List;

/**
 * log p(x; β) of strings that grow at their end: one trajectory alone ends in x, so that its log
 * P_F is all of it. Where lengths vary it stops behind the last token, unless that is the L-th.
 */
final class PathScore {
  private final PolicyLowering policy;
  private final Autoregressive environment;
  private final AutoregressiveLowering lowering;
  private final int vocabulary;

  /**
   * Creates the lowering.
   *
   * @param policy the trained networks
   * @param environment that they act in
   */
  PathScore(PolicyLowering policy, Autoregressive environment) {
    this.policy = policy;
    this.environment = environment;
    this.lowering = new AutoregressiveLowering(environment);
    this.vocabulary = environment.tokens().size();
  }

  /**
   * Walks the trajectories of objects.
   *
   * @return [B] log p
   */
  Value logProbability(GraphBuilder graph, ScoredObjects objects) {
    int steps = environment.maximumSteps();
    ConditionedLogits forward = policy.forward(graph, objects.beta());
    Value oneHot = oneHot(graph, objects);
    LogProbabilitySum sum = new LogProbabilitySum();
    for (int step = 0; step < steps; step++) {
      graph.section("step" + step);
      Value token = Columns.slice(graph, oneHot, step * vocabulary, (step + 1) * vocabulary);
      if (step == 0) {
        Value root = forward.ofOneState(graph, policy.rootFeatures(), lowering.rootActions());
        sum.add(graph.apply(Operator.MUL, token, Softmax.logarithms(graph, root, null)));
        continue;
      }
      Value string = Columns.slice(graph, oneHot, 0, step * vocabulary);
      Value last = Columns.slice(graph, oneHot, (step - 1) * vocabulary, step * vocabulary);
      List<Value> parts =
          step == 1
              ? List.of(last)
              : List.of(Columns.slice(graph, oneHot, 0, (step - 1) * vocabulary), last);
      LoweredState state = new AutoregressiveLowering.Strings(lowering, step, parts);
      ValidActions valid = state.forwardActions(graph);
      Value running = state.running(graph).orElse(null);
      Value action = token;
      if (valid.range().count() > vocabulary) {
        // Who goes on and adds no token stops.
        Value goesOn = running == null ? graph.constant("one", Shape.of(1, 1), 1) : running;
        Value stop = graph.apply(Operator.SUB, goesOn, Columns.sum(graph, token));
        action = Columns.join(graph, token, stop);
      }
      Value logits = forward.ofStates(graph, string, valid.range());
      sum.add(graph.apply(Operator.MUL, action, Softmax.logarithms(graph, logits, null)));
    }
    graph.section("sum");
    return sum.finish(graph, "logP", objects.batch());
  }

  /** Returns the one-hot tokens, [B, L·V], zeros behind the end. */
  private Value oneHot(GraphBuilder graph, ScoredObjects objects) {
    int length = environment.maximumLength();
    float[] places = new float[length];
    for (int place = 0; place < length; place++) {
      places[place] = place;
    }
    Value within =
        Columns.toFloat(
            graph,
            graph.apply(
                Operator.LESS,
                graph.constant("places", Shape.of(1, length), places),
                objects.lengths()));
    Value byPosition =
        graph.apply(
            Operator.MUL,
            objects.oneHot(graph, vocabulary),
            graph.apply(Operator.RESHAPE, within, graph.integers("positions", -1, length, 1)));
    return graph.apply(
        Operator.RESHAPE, byPosition, graph.integers("strings", -1, (long) length * vocabulary));
  }
}
