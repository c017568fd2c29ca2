package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import org.jspecify.annotations.Nullable;

/**
 * The choice of an action among those that a request allows, in each of B rows, with its
 * log-probability under the policy itself and under the distribution that it was drawn from.
 *
 * @param choice what was chosen; its {@code logProbability} is that among the allowed actions
 * @param kept [B, 1] the probability of what could be drawn of them: log P of the choice is that
 *     log-probability less the logarithm of this
 * @param ofPolicy [B, n] at the chosen place the policy's log-probability, elsewhere zero
 * @param blocked [B, 1] one where no allowed action is valid; else zero
 */
record DecodedChoice(ActionChoice choice, Value kept, Value ofPolicy, Value blocked) {
  /** Below any probability that is kept; its logarithm is finite. */
  private static final float NOTHING = 1e-30f;

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
    Value policy = Softmax.logarithms(graph, scaled, valid.mask());
    Softmax constrained = Softmax.of(graph, scaled, both(graph, valid, allowed));
    // Near 1 where anything is allowed, else 0.
    Value mass = Columns.sum(graph, constrained.probabilities());
    Value drawn = weights.of(graph, constrained);
    ActionChoice choice =
        ActionChoice.choose(
            graph, new Softmax(constrained.logProbabilities(), drawn), uniform, running);
    Value kept =
        graph.apply(
            Operator.WHERE,
            weights.greedy(),
            graph.constant("decode.one", Shape.of(), 1),
            Columns.sum(graph, drawn));
    Value blocked = Columns.toFloat(graph, graph.apply(Operator.LESS, mass, half(graph)));
    return new DecodedChoice(
        choice,
        graph.apply(Operator.MAX, kept, graph.constant("decode.nothing", Shape.of(), NOTHING)),
        graph.apply(Operator.MUL, choice.oneHot(), policy),
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
}
