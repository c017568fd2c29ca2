package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.policy.Mlp;
import io.logitflow.trainer.policy.ParameterBlock;
import io.logitflow.trainer.policy.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A trained multilayer perceptron as nodes of a graph, its weights stored once in each graph. */
final class MlpLowering {
  private static final Map<String, Attribute> LEAK =
      Map.of("alpha", new Attribute.Real(Mlp.NEGATIVE_SLOPE));

  private final Mlp network;
  private final ParameterLayout layout;
  private final float[] parameters;
  private final @Nullable Reduction reduction;

  /**
   * Creates the lowering of a network.
   *
   * @param network its layers
   * @param layout where its parameters stand
   * @param parameters the flat vector of all parameters
   */
  MlpLowering(Mlp network, ParameterLayout layout, float[] parameters) {
    this(network, layout, parameters, null);
  }

  /**
   * Creates the lowering of a network, the products between its hidden layers reduced.
   *
   * @param network its layers
   * @param layout where its parameters stand
   * @param parameters the flat vector of all parameters
   * @param reduction how, where they are; null for none
   */
  MlpLowering(
      Mlp network, ParameterLayout layout, float[] parameters, @Nullable Reduction reduction) {
    this.network = network;
    this.layout = layout;
    this.parameters = parameters;
    this.reduction = reduction;
  }

  /**
   * Applies the network.
   *
   * @param input [N, in], or its first columns where the others are zero: the first layer then
   *     reads as many rows of its weights, by a slice that runtimes fold when they load the graph
   * @return [N, out]
   */
  Value apply(GraphBuilder graph, Value input) {
    return apply(graph, input, null);
  }

  /**
   * Applies the network to an input of two parts.
   *
   * @param input [N, f], the first part or its first columns where the others are zero
   * @param addend what {@link #addend} says of the second part; null if there is none
   * @return [N, out]
   */
  Value apply(GraphBuilder graph, Value input, @Nullable Value addend) {
    return rest(graph, firstLayer(graph, input, addend));
  }

  /**
   * Applies the network to an input of two parts, the first of which is the same in all rows.
   *
   * @param row the first part; zeros cost nothing
   * @param addend what {@link #addend} says of the second part; null if there is none, and what
   *     comes out is then made of constants alone
   * @return [N, out], of one row without an addend
   */
  Value applyToRow(GraphBuilder graph, float[] row, @Nullable Value addend) {
    boolean zero = true;
    for (float element : row) {
      zero &= element == 0;
    }
    if (zero) {
      return rest(graph, addend == null ? biasRow(graph) : addend);
    }
    Value input = graph.constant(network.name() + ".row", Shape.of(1, row.length), row);
    Value weight = rows(graph, 0, row.length);
    Value first =
        addend == null
            ? graph.apply(Operator.GEMM, input, weight, orBias(graph, null))
            : graph.apply(Operator.ADD, addend, graph.apply(Operator.MATMUL, input, weight));
    return rest(graph, first);
  }

  /**
   * Computes what the second part of an input and the biases add to the first layer.
   *
   * @param tail [N, d], the last columns of the input
   * @return [N, width of the first layer]
   */
  Value addend(GraphBuilder graph, Value tail) {
    long width = network.widths().get(0);
    Value weight = rows(graph, width - tail.shape().size(1), width);
    return graph.apply(Operator.GEMM, tail, weight, orBias(graph, null));
  }

  /**
   * Computes the first layer before its activation.
   *
   * @param input [N, f], the first columns of the input; the others are zero
   * @param addend what {@link #addend} says of a second part; null if there is none
   * @return [N, width of the first layer]
   */
  Value firstLayer(GraphBuilder graph, Value input, @Nullable Value addend) {
    Value weight = rows(graph, 0, input.shape().size(1));
    return graph.apply(Operator.GEMM, input, weight, orBias(graph, addend));
  }

  /**
   * Adds further columns of the input to the first layer.
   *
   * @param firstLayer [N, width of the first layer] of the others
   * @param first the number of the first of these columns
   * @param columns [N, n]
   * @return [N, width of the first layer]
   */
  Value extend(GraphBuilder graph, Value firstLayer, int first, Value columns) {
    Value weight = rows(graph, first, first + columns.shape().size(1));
    return graph.apply(Operator.GEMM, columns, weight, firstLayer);
  }

  /**
   * Adds further columns of the input to the first layer, others in each step of a loop: the first
   * step those behind as many as it adds.
   *
   * @param firstLayer [N, width of the first layer] of the others
   * @param iteration [1] the number of the step, from 0
   * @param count how many steps there are
   * @param columns [N, n]
   * @return [N, width of the first layer]
   */
  Value extendInLoop(
      GraphBuilder graph, Value firstLayer, Value iteration, int count, Value columns) {
    long added = columns.shape().size(1);
    long width = firstLayer.shape().size(1);
    Value bySteps =
        graph.apply(
            Operator.RESHAPE,
            rows(graph, added, added * (count + 1)),
            graph.integers("weightsByStep", count, added * width));
    Value weight =
        graph.apply(
            Operator.RESHAPE,
            graph.apply(Operator.GATHER, bySteps, iteration),
            graph.integers("weightsOfStep", added, width));
    return graph.apply(Operator.GEMM, columns, weight, firstLayer);
  }

  /** Returns rows of the first layer's weights. */
  private Value rows(GraphBuilder graph, long first, long end) {
    Value weight = firstLayerParameter(graph, network.weight(0));
    if (end - first == weight.shape().size(0)) {
      return weight;
    }
    return graph.apply(
        Operator.SLICE,
        weight,
        first == 0 ? graph.integers("zero", 0) : graph.integers("width" + first, first),
        graph.integers("width" + end, end),
        graph.integers("zero", 0));
  }

  /** Returns the biases of the first layer, [width]. */
  Value bias(GraphBuilder graph) {
    return firstLayerParameter(graph, network.bias(0));
  }

  private Value orBias(GraphBuilder graph, @Nullable Value addend) {
    return addend == null ? bias(graph) : addend;
  }

  private Value biasRow(GraphBuilder graph) {
    Value bias = bias(graph);
    return graph.apply(Operator.RESHAPE, bias, graph.integers("row", 1, bias.shape().size(0)));
  }

  /**
   * Applies what follows the first layer.
   *
   * @param firstLayer [N, width of the first layer] before its activation
   * @return [N, out]
   */
  Value rest(GraphBuilder graph, Value firstLayer) {
    Value activation = firstLayer;
    for (int layer = 1; layer < network.layers(); layer++) {
      activation = layer(graph, layer, graph.apply(Operator.LEAKY_RELU, LEAK, activation));
    }
    return activation;
  }

  /**
   * Returns the inputs of the products between two hidden layers, each for no other use.
   *
   * @param firstLayer [N, width of the first layer] before its activation
   * @return [N, width of the layer] of each
   */
  List<Value> hiddenInputs(GraphBuilder graph, Value firstLayer) {
    List<Value> inputs = new ArrayList<>();
    Value activation = firstLayer;
    for (int layer = 1; layer <= Reduction.products(network); layer++) {
      inputs.add(graph.apply(Operator.LEAKY_RELU, LEAK, activation));
      activation = layer(graph, layer, graph.apply(Operator.LEAKY_RELU, LEAK, activation));
    }
    return inputs;
  }

  private Value layer(GraphBuilder graph, int layer, Value input) {
    if (reduction == null || layer > Reduction.products(network)) {
      return graph.apply(
          Operator.GEMM,
          input,
          parameter(graph, network.weight(layer)),
          parameter(graph, network.bias(layer)));
    }
    ReducedProduct product =
        new ReducedProduct(
            network.weight(layer),
            network.widths().get(layer),
            network.widths().get(layer + 1),
            () -> elements(layout.block(network.weight(layer))));
    Value reduced =
        reduction.precision() == Precision.INT8
            ? product.bytes(graph, input, reduction.ranges().get(layer - 1))
            : product.half(graph, input);
    return graph.apply(Operator.ADD, reduced, parameter(graph, network.bias(layer)));
  }

  private Value firstLayerParameter(GraphBuilder graph, String name) {
    if (reduction == null) {
      return parameter(graph, name);
    }
    return graph.constant(
        name + ".grid",
        shape(layout.block(name)),
        () -> grid().round(elements(layout.block(name))));
  }

  /**
   * Brings what is added to the first layer onto the grid of its reduced weights.
   *
   * @param addend [N, width of the first layer]
   */
  Value onGrid(GraphBuilder graph, Value addend) {
    return grid().round(graph, network.name(), addend);
  }

  private ExactGrid grid() {
    return ExactGrid.of(
        elements(layout.block(network.weight(0))), elements(layout.block(network.bias(0))));
  }

  private static Shape shape(ParameterBlock block) {
    return new Shape(block.shape().stream().map(Integer::longValue).toList());
  }

  private Value parameter(GraphBuilder graph, String name) {
    ParameterBlock block = layout.block(name);
    return graph.constant(name, shape(block), () -> elements(block));
  }

  private float[] elements(ParameterBlock block) {
    return Arrays.copyOfRange(parameters, block.offset(), block.offset() + block.size());
  }
}
