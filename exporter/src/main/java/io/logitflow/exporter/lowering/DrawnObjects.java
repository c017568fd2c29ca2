package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.v1.TensorSignature;
import java.util.Optional;

/**
 * The objects that B trajectories built.
 *
 * @param tokens [B, S] token ids as floats, zeros behind the end
 * @param lengths [B] as floats; empty where every object has S tokens
 */
record DrawnObjects(Value tokens, Optional<Value> lengths) {
  /** Reads the objects off terminal states. */
  static DrawnObjects of(GraphBuilder graph, LoweredState state) {
    return new DrawnObjects(state.tokens(graph), state.lengths(graph));
  }

  /**
   * Returns the tokens as bundles have them.
   *
   * @param environment whose objects they are
   * @return [B, S] of the type that its vocabulary takes
   */
  Value tokensOf(GraphBuilder graph, Environment environment) {
    boolean small =
        BundleFormat.tokenType(environment.tokens().size()) == TensorSignature.ElementType.UINT8;
    return Columns.cast(graph, small ? ElementType.UINT8 : ElementType.INT16, tokens);
  }

  /**
   * Returns the lengths as bundles have them.
   *
   * @param environment whose objects they are
   * @param batch [1], B
   * @return [B] 32-bit integers
   */
  Value lengthsOf(GraphBuilder graph, Environment environment, Value batch) {
    return lengths
        .map(counted -> Columns.cast(graph, ElementType.INT32, counted))
        .orElseGet(() -> fullLengths(graph, environment, batch));
  }

  /** Returns the lengths of objects of S tokens each, [B] 32-bit integers. */
  static Value fullLengths(GraphBuilder graph, Environment environment, Value batch) {
    Value length = graph.constant("object.length", Shape.of(1), environment.maximumLength());
    return Columns.cast(graph, ElementType.INT32, graph.apply(Operator.EXPAND, length, batch));
  }
}
