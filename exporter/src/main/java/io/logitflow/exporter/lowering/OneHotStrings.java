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

  private Value byPosition(GraphBuilder graph, Value oneHot) {
    return graph.apply(
        Operator.RESHAPE, oneHot, graph.integers("positions", -1, length, vocabulary));
  }
}
