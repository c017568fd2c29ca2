package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.List;
import java.util.Map;

/**
 * What the choice of an action draws from, in proportion: all of the softmax, its nucleus (the
 * smallest set of most probable actions whose probability reaches p, Holtzman et al. 2020, and what
 * is as probable as its last one), or its first most probable action.
 *
 * @param greedy [] truth value: whether the most probable action is taken
 * @param topP [] p, above 0, at most 1
 */
record NucleusWeights(Value greedy, Value topP) {
  private static final Map<String, Attribute> COLUMNS = Map.of("axis", new Attribute.Whole(1));

  /*
   * Sums run over the actions in falling order, and p is compared with parts of the last of these
   * sums, so that rounding in another order has no say. As in ActionChoice, p times the last sum
   * lies below it for every p below 1: the place is one of the n. At p = 1 nothing may be left out,
   * however small: a sum that no longer grows would leave it out.
   */

  /**
   * Returns the weights.
   *
   * @param softmax over n actions
   * @return [B, n], 0 for what is not drawn; where greedy, 1 for each of the most probable actions,
   *     of which a uniform of 0 takes the first
   */
  Value of(GraphBuilder graph, Softmax softmax) {
    Value probabilities = softmax.probabilities();
    int actions = Math.toIntExact(probabilities.shape().size(1));
    if (actions == 1) {
      return probabilities;
    }
    Value kept =
        Columns.toFloat(
            graph,
            graph.apply(
                Operator.LESS_OR_EQUAL, threshold(graph, probabilities, actions), probabilities));
    Value largest =
        graph.apply(
            Operator.REDUCE_MAX,
            Map.of("axes", new Attribute.Wholes(List.of(1L)), "keepdims", new Attribute.Whole(1)),
            probabilities);
    Value best =
        Columns.toFloat(graph, graph.apply(Operator.LESS_OR_EQUAL, largest, probabilities));
    return graph.apply(
        Operator.WHERE, greedy, best, graph.apply(Operator.MUL, kept, probabilities));
  }

  /** Returns the least probability in the nucleus, [B, 1]. */
  private Value threshold(GraphBuilder graph, Value probabilities, int actions) {
    Value falling =
        graph
            .applyAll(
                Operator.TOP_K, COLUMNS, probabilities, graph.integers("all" + actions, actions))
            .get(0);
    Value sums = ActionChoice.runningSums(graph, falling, actions);
    Value wanted = graph.apply(Operator.MUL, Columns.column(graph, sums, actions - 1), topP);
    Value tooLittle = Columns.toFloat(graph, graph.apply(Operator.LESS, sums, wanted));
    Value place = Columns.cast(graph, ElementType.INT32, Columns.sum(graph, tooLittle));
    Value least = graph.apply(Operator.GATHER_ELEMENTS, COLUMNS, falling, place);
    Value truncates = graph.apply(Operator.LESS, topP, graph.constant("decode.one", Shape.of(), 1));
    return graph.apply(
        Operator.WHERE, truncates, least, graph.constant("decode.zero", Shape.of(), 0));
  }
}
