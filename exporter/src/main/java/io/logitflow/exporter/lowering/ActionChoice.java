package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.Attribute;
import io.logitflow.exporter.graph.ElementType;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Operator;
import io.logitflow.exporter.graph.Shape;
import io.logitflow.exporter.graph.Value;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The choice of one of the n actions of a range in each of B rows, by the inverse of the cumulative
 * distribution. log P of the chosen action is {@code shiftedLogit}'s row sum minus log {@code
 * total}. In rows whose trajectory has ended nothing is chosen: {@code oneHot} and {@code
 * shiftedLogit} are zero, {@code position} and {@code total} say nothing.
 *
 * @param position [B, 1] float, the chosen action's place in the range
 * @param oneHot [B, n] one at that place
 * @param shiftedLogit [B, n] there the scaled logit less the row's largest, elsewhere zero
 * @param total [B, 1] sum of the exponentials of the shifted logits, from 1 to n
 */
public record ActionChoice(Value position, Value oneHot, Value shiftedLogit, Value total) {
  /** Up to so many actions running sums are a product with a triangle of ones. */
  private static final int LARGEST_TRIANGLE = 1_024;

  /*
   * The place is the number of running sums S_a that are <= u * S, S being the last of them. Why
   * that never picks an action of probability zero, nor one out of range, in binary32:
   *
   * - S is at least 1, the exponential of the largest logit less itself, so nothing is subnormal.
   *   u is at most 1 - 2^-24, and u * S lies at least S * 2^-24 below S: more than half the
   *   distance to the next float below if S is no power of two, the whole of it (2^-24 * S, since
   *   floats lie twice as dense below a power of two) if it is. So u * S rounds below S, the last
   *   running sum is never counted, and the place is at most n - 1.
   * - Running sums do not fall: the product adds up every column in one order, later actions as
   *   zeros, and rounding keeps the order of what it rounds. So the place a satisfies
   *   S_(a-1) <= u * S < S_a, and the exponential between the two is not zero. At u = 0 this skips
   *   first actions whose exponential is zero, which a strict comparison would not. (On a runtime
   *   that adds columns up in different orders a count of sums still is a place in range.)
   * - The exponential of an action that the mask excludes is exactly zero, so its two sums are made
   *   of the same terms and equal: it is never the place, be it first, last or between. S is at
   *   least 1 under any mask, since the largest logit is that of a valid action.
   *
   * Actions that are not valid in any state of a step have no logit here at all.
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
    int actions = Math.toIntExact(softmax.shifted().shape().size(1));
    Value sums = runningSums(graph, softmax.exponentials(), actions);
    Value total = last(graph, sums, actions);
    Value threshold = graph.apply(Operator.MUL, uniform, total);
    Value passed = toFloat(graph, graph.apply(Operator.LESS_OR_EQUAL, sums, threshold));
    Value position = count(graph, passed, actions);
    Value chosen = toFloat(graph, graph.apply(Operator.EQUAL, position, places(graph, actions)));
    Value oneHot = running == null ? chosen : graph.apply(Operator.MUL, chosen, running);
    Value shiftedLogit = graph.apply(Operator.MUL, oneHot, softmax.shifted());
    return new ActionChoice(position, oneHot, shiftedLogit, total);
  }

  /**
   * Adds up along the rows.
   *
   * @param exponentials [B, n]
   * @param actions n
   * @return [B, n] at each place the sum up to it, its own included
   */
  static Value runningSums(GraphBuilder graph, Value exponentials, int actions) {
    if (actions > LARGEST_TRIANGLE) {
      return graph.apply(Operator.CUM_SUM, exponentials, graph.integers("columns", 1));
    }
    float[] triangle = new float[actions * actions];
    for (int row = 0; row < actions; row++) {
      for (int column = row; column < actions; column++) {
        triangle[row * actions + column] = 1;
      }
    }
    Value constant = graph.constant("triangle" + actions, Shape.of(actions, actions), triangle);
    return graph.apply(Operator.MATMUL, exponentials, constant);
  }

  /** Takes the last of n columns: [B, n] to [B, 1]. */
  static Value last(GraphBuilder graph, Value columns, int actions) {
    return graph.apply(
        Operator.SLICE,
        columns,
        graph.integers("last" + actions, actions - 1),
        graph.integers("end" + actions, actions),
        graph.integers("columns", 1));
  }

  /** Counts the ones in each row: [B, n] to [B, 1]. */
  static Value count(GraphBuilder graph, Value marks, int actions) {
    return graph.apply(
        Operator.MATMUL, marks, graph.constant("ones" + actions, column(actions), ones(actions)));
  }

  private static Value places(GraphBuilder graph, int actions) {
    float[] places = new float[actions];
    for (int place = 0; place < actions; place++) {
      places[place] = place;
    }
    return graph.constant("places" + actions, Shape.of(1, actions), places);
  }

  /** Returns 1 for true and 0 for false. */
  static Value toFloat(GraphBuilder graph, Value truth) {
    return graph.apply(
        Operator.CAST, Map.of("to", new Attribute.Whole(ElementType.FLOAT32.code())), truth);
  }

  private static Shape column(int rows) {
    return Shape.of(rows, 1);
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }
}
