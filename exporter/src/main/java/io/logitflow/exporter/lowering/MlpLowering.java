package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.Attribute;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Operator;
import io.logitflow.exporter.graph.Shape;
import io.logitflow.exporter.graph.Value;
import io.logitflow.trainer.policy.Mlp;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.ParameterLayout;
import java.util.Arrays;
import java.util.Map;

/** A trained multilayer perceptron as nodes of a graph, its weights stored once in each graph. */
final class MlpLowering {
  private static final Map<String, Attribute> LEAK =
      Map.of("alpha", new Attribute.Real(Mlp.NEGATIVE_SLOPE));

  private final Mlp network;
  private final ParameterLayout layout;
  private final float[] parameters;

  /**
   * Creates the lowering of a network.
   *
   * @param network its layers
   * @param layout where its parameters stand
   * @param parameters the flat vector of all parameters
   */
  MlpLowering(Mlp network, ParameterLayout layout, float[] parameters) {
    this.network = network;
    this.layout = layout;
    this.parameters = parameters;
  }

  /**
   * Applies the network.
   *
   * @param input [N, in], or its first columns where the others are zero: the first layer then
   *     reads as many rows of its weights, by a slice that runtimes fold when they load the graph
   * @return [N, out]
   */
  Value apply(GraphBuilder graph, Value input) {
    Value weight = parameter(graph, network.weight(0));
    long width = input.shape().size(1);
    if (width < weight.shape().size(0)) {
      Value rows =
          graph.apply(
              Operator.SLICE,
              weight,
              graph.integers("zero", 0),
              graph.integers("width" + width, width),
              graph.integers("zero", 0));
      return rest(graph, gemm(graph, input, rows, 0));
    }
    return rest(graph, gemm(graph, input, weight, 0));
  }

  /**
   * Applies the network to a row of zeros, which leaves constants alone.
   *
   * @return [1, out]
   */
  Value applyToZero(GraphBuilder graph) {
    Value bias = parameter(graph, network.bias(0));
    Value row = graph.apply(Operator.RESHAPE, bias, graph.integers("row", 1, bias.shape().size(0)));
    return rest(graph, row);
  }

  private Value rest(GraphBuilder graph, Value firstLayer) {
    Value activation = firstLayer;
    for (int layer = 1; layer < network.layers(); layer++) {
      activation = graph.apply(Operator.LEAKY_RELU, LEAK, activation);
      activation = gemm(graph, activation, parameter(graph, network.weight(layer)), layer);
    }
    return activation;
  }

  private Value gemm(GraphBuilder graph, Value input, Value weight, int layer) {
    return graph.apply(Operator.GEMM, input, weight, parameter(graph, network.bias(layer)));
  }

  private Value parameter(GraphBuilder graph, String name) {
    ParameterBlock block = layout.block(name);
    return graph.constant(
        name,
        new Shape(block.shape().stream().map(Integer::longValue).toList()),
        () -> Arrays.copyOfRange(parameters, block.offset(), block.offset() + block.size()));
  }
}
