package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.Attribute;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Operator;
import io.logitflow.exporter.graph.Shape;
import io.logitflow.exporter.graph.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The choice of an action among those that a request allows, in each of B rows, with its
 * log-probability under the policy itself and under the distribution that it was drawn from.
 *
 * @param choice what was chosen; its {@code shiftedLogit} is that of the allowed actions
 * @param drawnTotal [B, 1] what belongs to it: log P is {@code shiftedLogit}'s row sum less the
 *     logarithm of this; at least 1/2
 * @param policyLogit [B, n] at the chosen place the scaled logit less the largest of all valid
 *     actions, elsewhere zero
 * @param policyTotal [B, 1] what belongs to that
 * @param blocked [B, 1] one where no allowed action is valid, and nothing was chosen; else zero
 */
record DecodedChoice(
    ActionChoice choice, Value drawnTotal, Value policyLogit, Value policyTotal, Value blocked) {
  /**
   * Chooses.
   *
   * @param weights how actions are drawn
   * @param scaled [B, n] scaled logits
   * @param valid the n actions
   * @param allowed [1, A] one for each action that the request allows in this step, else zero
   * @param uniform [B, 1] in [0, 1), 0 where the choice is greedy
   * @param running [B, 1] one where the trajectory goes on, zero where it has ended; null if all go
   *     on
   */
  static DecodedChoice choose(
      GraphBuilder graph,
      NucleusWeights weights,
      Value scaled,
      ValidActions valid,
      Value allowed,
      Value uniform,
      @Nullable Value running) {
    Softmax policy = Softmax.of(graph, scaled, valid.mask());
    Softmax constrained = Softmax.of(graph, scaled, both(graph, valid, allowed));
    // At least 1 where anything is allowed, since the largest exponential is 1, and else 0.
    Value mass = rowSum(graph, constrained.exponentials());
    ActionChoice choice =
        ActionChoice.choose(
            graph,
            new Softmax(constrained.shifted(), weights.of(graph, constrained)),
            uniform,
            running);
    Value half = half(graph);
    Value total = graph.apply(Operator.WHERE, weights.greedy(), mass, choice.total());
    Value blocked = ActionChoice.toFloat(graph, graph.apply(Operator.LESS, mass, half));
    return new DecodedChoice(
        choice,
        graph.apply(Operator.MAX, total, half),
        graph.apply(Operator.MUL, choice.oneHot(), policy.shifted()),
        rowSum(graph, policy.exponentials()),
        running == null ? blocked : graph.apply(Operator.MUL, blocked, running));
  }

  /** Marks the actions that are valid and allowed, [1, n] or [B, n]. */
  private static Value both(GraphBuilder graph, ValidActions valid, Value allowed) {
    Value inRange = valid.range().select(graph, allowed);
    Value mask = valid.mask();
    Value both =
        mask == null
            ? inRange
            : graph.apply(
                Operator.WHERE, mask, inRange, graph.constant("decode.zero", Shape.of(), 0));
    return graph.apply(Operator.LESS, half(graph), both);
  }

  private static Value half(GraphBuilder graph) {
    return graph.constant("half", Shape.of(), 0.5f);
  }

  private static Value rowSum(GraphBuilder graph, Value columns) {
    return graph.apply(
        Operator.REDUCE_SUM,
        Map.of("keepdims", new Attribute.Whole(1)),
        columns,
        graph.integers("columns", 1));
  }
}
