package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.trainer.environment.PrependAppend;
import java.util.stream.IntStream;

/**
 * log p(x; β) of strings that grow at either end, by dynamic programming over the places that a
 * substring of x can take: L(L+1)/2 of them, all of one length in one evaluation of the policy.
 *
 * <p>A trajectory to x is the place of its first token and the order in which the tokens before and
 * behind it are added, so walks over places and trajectories are the same in number, parallel edges
 * included: a string of one repeated token reaches the next one from two places. The probability of
 * a place is that of the one which lacks its last token times P_F of appending that, plus that of
 * the one which lacks its first times P_F of prepending it.
 */
final class SubstringScore {
  private final PolicyLowering policy;
  private final PrependAppendLowering lowering;
  private final int length;
  private final int vocabulary;

  /**
   * Creates the lowering.
   *
   * @param policy the trained networks
   * @param environment that they act in
   */
  SubstringScore(PolicyLowering policy, PrependAppend environment) {
    this.policy = policy;
    this.lowering = new PrependAppendLowering(environment);
    this.length = environment.maximumLength();
    this.vocabulary = environment.tokens().size();
  }

  /** Returns the number of places that are summed over. */
  static long count(PrependAppend environment) {
    return environment.maximumLength() * (environment.maximumLength() + 1L) / 2;
  }

  /**
   * Sums over the trajectories of objects.
   *
   * @return [B] log p
   */
  Value logProbability(GraphBuilder graph, ScoredObjects objects) {
    Value tokens = objects.oneHot(graph, vocabulary);
    Value oneHot =
        graph.apply(
            Operator.RESHAPE, tokens, graph.integers("strings", -1, (long) length * vocabulary));
    Value reached = singles(graph, objects, tokens);
    for (int size = 1; size < length; size++) {
      graph.section("length" + size);
      reached = longer(graph, objects.beta(), tokens, oneHot, reached, size);
    }
    graph.section("sum");
    return graph.apply(Operator.RESHAPE, reached, graph.integers("asRow", -1));
  }

  /** Returns log P_F of each token as the first one, [B, L]. */
  private Value singles(GraphBuilder graph, ScoredObjects objects, Value tokens) {
    graph.section("length0");
    Value root =
        policy
            .forward(graph, objects.beta())
            .ofOneState(graph, policy.rootFeatures(), lowering.rootActions());
    Value logProbabilities =
        graph.apply(
            Operator.RESHAPE,
            Softmax.logarithms(graph, root, null),
            // One row for all where β does not enter.
            graph.integers("first", root.shape().size(0) == 1 ? 1 : -1, 1, vocabulary));
    return Columns.sumOfLast(graph, graph.apply(Operator.MUL, tokens, logProbabilities));
  }

  /**
   * Takes the places of one size to those of the next.
   *
   * @param beta [B, 1]
   * @param tokens [B, L, V]
   * @param oneHot [B, L·V], the same
   * @param reached [B, n] log-probabilities of the n places of this size, by their start
   * @param size of the places, t
   * @return [B, n − 1]
   */
  private Value longer(
      GraphBuilder graph, Value beta, Value tokens, Value oneHot, Value reached, int size) {
    int places = length - size + 1;
    Value strings =
        Columns.join(
            graph,
            IntStream.range(0, size == 1 ? 1 : places)
                .mapToObj(
                    start ->
                        size == 1
                            ? oneHot
                            : Columns.slice(
                                graph, oneHot, start * vocabulary, (start + size) * vocabulary))
                .toArray(Value[]::new));
    Value rows =
        graph.apply(
            Operator.RESHAPE,
            strings,
            graph.integers("width" + size * vocabulary + ".rows", -1, (long) size * vocabulary));
    Value betas = Columns.repeat(graph, beta, places);
    Value logits =
        policy.forward(graph, betas).ofStates(graph, rows, new ActionRange(0, 2 * vocabulary));
    Value byPlace =
        graph.apply(
            Operator.RESHAPE,
            Softmax.logarithms(graph, logits, null),
            graph.integers("places" + places, -1, places, 2L * vocabulary));
    Value behind = edge(graph, byPlace, 0, Columns.slice(graph, tokens, size, length), 0, reached);
    Value before =
        edge(graph, byPlace, vocabulary, Columns.slice(graph, tokens, 0, places - 1), 1, reached);
    // log(e^a + e^b) = a + log(1 + e^(b - a))
    Value ratio = graph.apply(Operator.SUB, before, behind);
    return graph.apply(Operator.ADD, behind, graph.apply(Operator.SOFTPLUS, ratio));
  }

  /**
   * Returns what all places but one are left with by one of the two kinds of actions.
   *
   * @param byPlace [B, n, 2V] log P_F
   * @param firstAction the first of the V actions of the kind
   * @param added [B, n − 1, V] the token that each place adds
   * @param firstPlace 0 if the last place is left out, 1 if the first is
   * @param reached [B, n]
   * @return [B, n − 1]
   */
  private Value edge(
      GraphBuilder graph,
      Value byPlace,
      int firstAction,
      Value added,
      int firstPlace,
      Value reached) {
    int end = Math.toIntExact(reached.shape().size(1)) - 1 + firstPlace;
    Value actions =
        graph.apply(
            Operator.SLICE,
            byPlace,
            graph.integers("from" + firstPlace + "," + firstAction, firstPlace, firstAction),
            graph.integers(
                "to" + end + "," + (firstAction + vocabulary), end, firstAction + vocabulary),
            graph.integers("placesAndActions", 1, 2));
    Value logProbability = Columns.sumOfLast(graph, graph.apply(Operator.MUL, actions, added));
    return graph.apply(
        Operator.ADD, Columns.slice(graph, reached, firstPlace, end), logProbability);
  }
}
