package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.Map;

/**
 * Strings of L positions as one-hot tokens [B, L·V], zeros where there is no token.
 *
 * @param length L
 * @param vocabulary V
 */
record OneHotStrings(int length, int vocabulary) {
  /**
   * Returns the token ids, 0 where there is no token.
   *
   * @param oneHot [B, L·V]
   * @return [B, L] as floats
   */
  Value tokens(GraphBuilder graph, Value oneHot) {
    float[] ids = new float[vocabulary];
    for (int token = 0; token < vocabulary; token++) {
      ids[token] = token;
    }
    Value decoded =
        graph.apply(
            Operator.MATMUL,
            byPosition(graph, oneHot),
            graph.constant("ids", Shape.of(vocabulary, 1), ids));
    return graph.apply(Operator.RESHAPE, decoded, graph.integers("strings", -1, length));
  }

  /**
   * Counts the tokens at each position, 0 or 1.
   *
   * @param oneHot [B, L·V]
   * @param keepAxis whether the tokens' axis stays, of size 1
   * @return [B, L] or [B, L, 1]
   */
  Value counts(GraphBuilder graph, Value oneHot, boolean keepAxis) {
    return graph.apply(
        Operator.REDUCE_SUM,
        Map.of("keepdims", new Attribute.Whole(keepAxis ? 1 : 0)),
        byPosition(graph, oneHot),
        graph.integers("tokens.axis", 2));
  }

  /**
   * Brings numbers of tokens into one-hot form.
   *
   * @param numbers [B, w], of which the first t are tokens
   * @param first number of the first token
   * @param positions t
   * @return [B, t·V], zeros where the number stands for no token
   */
  Value oneHot(GraphBuilder graph, Value numbers, int first, int positions) {
    int width = positions * vocabulary;
    int given = Math.toIntExact(numbers.shape().size(1));
    float[] repetition = new float[given * width];
    float[] ids = new float[width];
    for (int column = 0; column < width; column++) {
      repetition[column / vocabulary * width + column] = 1;
      ids[column] = first + column % vocabulary;
    }
    Value repeated =
        graph.apply(
            Operator.MATMUL,
            numbers,
            graph.constant("resume.repetition", Shape.of(given, width), repetition));
    return Columns.toFloat(
        graph,
        graph.apply(
            Operator.EQUAL, repeated, graph.constant("resume.ids", Shape.of(1, width), ids)));
  }

  /**
   * Puts tokens behind the others, inside a loop.
   *
   * @param token [B, V] one-hot, or zeros for none
   * @param iteration [1] t - 1, where there are t others
   * @return [B, L·V]
   */
  Value behind(GraphBuilder graph, Value token, Value iteration) {
    float[] places = new float[length];
    for (int position = 0; position < length; position++) {
      places[position] = position - 1;
    }
    Value here =
        graph.apply(
            Operator.EQUAL,
            graph.constant("loop.places", Shape.of(length, 1), places),
            Columns.toFloat(graph, iteration));
    return place(graph, token, Columns.toFloat(graph, here));
  }

  /**
   * Puts tokens in front of nothing.
   *
   * @param token [B, V] one-hot, or zeros for none
   * @return [B, L·V]
   */
  Value inFront(GraphBuilder graph, Value token) {
    float[] first = new float[length];
    first[0] = 1;
    return place(graph, token, graph.constant("loop.first", Shape.of(length, 1), first));
  }

  private Value place(GraphBuilder graph, Value token, Value places) {
    Value single =
        graph.apply(Operator.RESHAPE, token, graph.integers("single", -1, 1, vocabulary));
    return graph.apply(
        Operator.RESHAPE,
        graph.apply(Operator.MUL, single, places),
        graph.integers("strings.oneHot", -1, (long) length * vocabulary));
  }

  private Value byPosition(GraphBuilder graph, Value oneHot) {
    return graph.apply(
        Operator.RESHAPE, oneHot, graph.integers("positions", -1, length, vocabulary));
  }
}
