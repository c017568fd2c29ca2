package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import org.jspecify.annotations.Nullable;

/**
 * The choice of one of the n actions of a range in each of B rows, by the inverse of the cumulative
 * distribution. In rows whose trajectory has ended nothing is chosen: {@code oneHot} and {@code
 * logProbability} are zero, {@code passed} says nothing.
 *
 * @param passed [B, n] truth values: the actions that lie before the chosen one
 * @param oneHot [B, n] one at the chosen action's place in the range
 * @param logProbability [B, n] there its log-probability, elsewhere zero
 */
public record ActionChoice(Value passed, Value oneHot, Value logProbability) {
  /** Up to so many actions running sums are a product with a triangle of ones. */
  private static final int LARGEST_TRIANGLE = 1_024;

  /*
   * The place is the number of running sums S_a that are <= u * S, S being the last of them. Why
   * that never picks an action of probability zero, nor one out of range, in binary32:
   *
   * - S is near 1, the sum of probabilities, so nothing is subnormal. u is at most 1 - 2^-24, and u
   *   * S lies at least S * 2^-24 below S: more than half the distance to the next float below if S
   *   is no power of two, the whole of it (2^-24 * S, since floats lie twice as dense below a power
   *   of two) if it is. So u * S rounds below S, the last running sum is never counted, and the
   *   place is at most n - 1.
   * - Running sums do not fall: the product adds up every column in one order, later actions as
   *   zeros, and rounding keeps the order of what it rounds. So the place a satisfies
   *   S_(a-1) <= u * S < S_a, and the probability between the two is not zero. At u = 0 this skips
   *   first actions whose probability is zero, which a strict comparison would not. (On a runtime
   *   that adds columns up in different orders a count of sums still is a place in range.)
   * - The probability of an action that the mask excludes is exactly zero, so its two sums are made
   *   of the same terms and equal: it is never the place, be it first, last or between.
   *
   * Actions that are not valid in any state of a step have no logit here at all. What is passed is
   * ones, then zeros, so that the place is where it falls: one-hot by one product with differences.
   */

  /**
   * Chooses.
   *
   * @param softmax over n actions
   * @param uniform [B, 1] in [0, 1)
   * @param running [B, 1] one where the trajectory goes on, zero where it has ended; null if all go
   *     on
   */
  static ActionChoice choose(
      GraphBuilder graph, Softmax softmax, Value uniform, @Nullable Value running) {
    int actions = Math.toIntExact(softmax.probabilities().shape().size(1));
    return choose(
        graph,
        runningSums(graph, softmax.probabilities(), actions),
        softmax.logProbabilities(),
        uniform,
        running);
  }

  /**
   * Chooses in one state that is the same in all rows: what depends on β alone is computed once for
   * each β.
   *
   * @param scaled [G, n] scaled logits of that state, or [1, n] if β does not enter
   * @param betas of the rows
   * @param uniform [B, 1] in [0, 1)
   */
  static ActionChoice chooseInOneState(
      GraphBuilder graph, Value scaled, BetaRows betas, Value uniform) {
    Softmax softmax = Softmax.of(graph, scaled, null);
    int actions = Math.toIntExact(scaled.shape().size(1));
    return choose(
        graph,
        betas.spread(graph, runningSums(graph, softmax.probabilities(), actions)),
        betas.spread(graph, softmax.logProbabilities()),
        uniform,
        null);
  }

  private static ActionChoice choose(
      GraphBuilder graph,
      Value sums,
      Value logProbabilities,
      Value uniform,
      @Nullable Value running) {
    int actions = Math.toIntExact(sums.shape().size(1));
    Value total = Columns.column(graph, sums, actions - 1);
    Value threshold = graph.apply(Operator.MUL, uniform, total);
    Value passed = graph.apply(Operator.LESS_OR_EQUAL, sums, threshold);
    Value chosen = differences(graph, Columns.toFloat(graph, passed), actions);
    Value oneHot = running == null ? chosen : graph.apply(Operator.MUL, chosen, running);
    return new ActionChoice(passed, oneHot, graph.apply(Operator.MUL, oneHot, logProbabilities));
  }

  /**
   * Returns the chosen actions' places in the range.
   *
   * @return [B, 1] as floats
   */
  Value position(GraphBuilder graph) {
    int actions = Math.toIntExact(oneHot.shape().size(1));
    float[] places = new float[actions];
    for (int place = 0; place < actions; place++) {
      places[place] = place;
    }
    return graph.apply(
        Operator.MATMUL, oneHot, graph.constant("places" + actions, Shape.of(actions, 1), places));
  }

  /** Returns one where ones end: of ones and then zeros [B, n], the last of them zero. */
  private static Value differences(GraphBuilder graph, Value passed, int actions) {
    if (actions > LARGEST_TRIANGLE) {
      return byPlace(graph, passed, actions);
    }
    float[] differences = new float[actions * actions];
    float[] first = new float[actions];
    first[0] = 1;
    for (int action = 0; action < actions; action++) {
      differences[action * actions + action] = -1;
      if (action + 1 < actions) {
        differences[action * actions + action + 1] = 1;
      }
    }
    return graph.apply(
        Operator.GEMM,
        passed,
        graph.constant("differences" + actions, Shape.of(actions, actions), differences),
        graph.constant("first" + actions + "of", Shape.of(1, actions), first));
  }

  private static Value byPlace(GraphBuilder graph, Value passed, int actions) {
    float[] places = new float[actions];
    for (int place = 0; place < actions; place++) {
      places[place] = place;
    }
    Value position = Columns.sum(graph, passed);
    return Columns.toFloat(
        graph,
        graph.apply(
            Operator.EQUAL,
            position,
            graph.constant("row" + actions, Shape.of(1, actions), places)));
  }

  /**
   * Adds up along the rows.
   *
   * @param probabilities [B, n]
   * @param actions n
   * @return [B, n] at each place the sum up to it, its own included
   */
  static Value runningSums(GraphBuilder graph, Value probabilities, int actions) {
    if (actions > LARGEST_TRIANGLE) {
      return graph.apply(Operator.CUM_SUM, probabilities, graph.integers("columns", 1));
    }
    float[] triangle = new float[actions * actions];
    for (int row = 0; row < actions; row++) {
      for (int column = row; column < actions; column++) {
        triangle[row * actions + column] = 1;
      }
    }
    Value constant = graph.constant("triangle" + actions, Shape.of(actions, actions), triangle);
    return graph.apply(Operator.MATMUL, probabilities, constant);
  }
}
