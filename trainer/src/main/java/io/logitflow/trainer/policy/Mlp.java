package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A multilayer perceptron: affine layers x·W + b with LeakyReLU(0.01) between them and nothing
 * behind the last. Layer i has parameters {@code NAME.i.weight} [in, out] and {@code NAME.i.bias}
 * [out].
 *
 * @param name prefix of its parameters' names
 * @param group the group that its parameters belong to
 * @param widths input width, hidden widths, output width; at least two
 */
public record Mlp(String name, ParameterGroup group, List<Integer> widths)
    implements LearnedTensors {
  /** Slope of the activation below zero, the reference implementation's. */
  public static final float NEGATIVE_SLOPE = 0.01f;

  /** Checks the widths and copies them. */
  public Mlp {
    widths = List.copyOf(widths);
    if (widths.size() < 2) {
      throw new IllegalArgumentException("an MLP needs an input and an output width: " + widths);
    }
  }

  /** Returns the number of affine layers. */
  public int layers() {
    return widths.size() - 1;
  }

  @Override
  public Map<String, List<Integer>> shapes() {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    for (int layer = 0; layer < layers(); layer++) {
      shapes.put(weight(layer), List.of(widths.get(layer), widths.get(layer + 1)));
      shapes.put(bias(layer), List.of(widths.get(layer + 1)));
    }
    return shapes;
  }

  /**
   * Returns the name of a layer's weights.
   *
   * @param layer 0 at the input
   */
  public String weight(int layer) {
    return name + "." + layer + ".weight";
  }

  /**
   * Returns the name of a layer's biases.
   *
   * @param layer 0 at the input
   */
  public String bias(int layer) {
    return name + "." + layer + ".bias";
  }

  /**
   * Applies the network.
   *
   * @param parameters the bound parameters
   * @param input [N, in]
   * @return [N, out]
   */
  NDArray apply(BoundParameters parameters, NDArray input) {
    return rest(parameters, affine(parameters, input, 0));
  }

  /**
   * Applies the network to an input of which the first layer has read a part already.
   *
   * @param parameters the bound parameters
   * @param input [N, in]
   * @param addend [N, width of the first layer] what that part adds to it
   * @return [N, out]
   */
  NDArray apply(BoundParameters parameters, NDArray input, NDArray addend) {
    return rest(parameters, affine(parameters, input, 0).addi(addend));
  }

  private NDArray rest(BoundParameters parameters, NDArray firstLayer) {
    NDArray value = firstLayer;
    for (int layer = 1; layer < layers(); layer++) {
      value = affine(parameters, value.getNDArrayInternal().leakyRelu(NEGATIVE_SLOPE), layer);
    }
    return value;
  }

  private NDArray affine(BoundParameters parameters, NDArray input, int layer) {
    return input.matMul(parameters.get(weight(layer))).addi(parameters.get(bias(layer)));
  }
}
