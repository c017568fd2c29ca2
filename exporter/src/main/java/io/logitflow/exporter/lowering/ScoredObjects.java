package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.v1.TensorSignature;

/**
 * The objects that a graph scores, as its inputs give them.
 *
 * @param tokens [B, S] token ids as floats, zeros behind the end
 * @param lengths [B, 1] as floats
 * @param beta [B, 1]
 * @param batch [1], the shape that one number a row has
 */
record ScoredObjects(Value tokens, Value lengths, Value beta, Value batch) {
  /** Declares the inputs tokens [B, S], length [B] and beta [B]. */
  static ScoredObjects input(GraphBuilder graph, Environment environment) {
    Value tokens =
        graph.input(
            BundleFormat.TOKENS, tokenType(environment), Shape.BATCH, environment.maximumLength());
    Value length = graph.input(BundleFormat.LENGTH, ElementType.INT32, Shape.BATCH);
    Value beta = graph.input(BundleFormat.BETA, ElementType.FLOAT32, Shape.BATCH);
    graph.section("objects");
    Value column = graph.integers("asColumn", -1, 1);
    return new ScoredObjects(
        Columns.toFloat(graph, tokens),
        graph.apply(Operator.RESHAPE, Columns.toFloat(graph, length), column),
        graph.apply(Operator.RESHAPE, beta, column),
        graph.apply(Operator.SHAPE, beta));
  }

  /**
   * Writes the tokens as one-hot, at every position, behind the end as well.
   *
   * @param vocabulary V
   * @return [B, S, V]
   */
  Value oneHot(GraphBuilder graph, int vocabulary) {
    float[] ids = new float[vocabulary];
    for (int token = 0; token < vocabulary; token++) {
      ids[token] = token;
    }
    Value byPosition =
        graph.apply(
            Operator.RESHAPE,
            tokens,
            graph.integers("tokens.column", -1, tokens.shape().size(1), 1));
    return Columns.toFloat(
        graph,
        graph.apply(
            Operator.EQUAL,
            byPosition,
            graph.constant("vocabulary.ids", Shape.of(1, 1, vocabulary), ids)));
  }

  private static ElementType tokenType(Environment environment) {
    return BundleFormat.tokenType(environment.tokens().size()) == TensorSignature.ElementType.UINT8
        ? ElementType.UINT8
        : ElementType.INT16;
  }
}
