package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;

/**
 * Multiples of a power of two, so few that sums of them are exact in binary32, in whatever order
 * they are added up: the first layer of one-hot features is then the same to the bit in every form
 * of a rollout. Where what follows rounds to bytes, its last bit would otherwise decide a byte now
 * and then, and forms would differ by far more than that bit.
 *
 * @param spacing distance of neighbouring numbers, a power of two
 */
record ExactGrid(float spacing) {
  /**
   * The largest weight has so many bits, of the 24 that binary32 has: sums of 128 of the largest
   * are exact, and every weight is as near as 2⁻¹⁸ of the largest.
   */
  private static final int BITS = 17;

  /** Rounds what is below 2²² spacings when it is added and taken away again. */
  private static final float ROUNDING = 1.5f * (1 << 23);

  /** Returns the grid for a layer's parameters. */
  static ExactGrid of(float[] weights, float[] biases) {
    float largest = Math.max(largest(weights), largest(biases));
    return new ExactGrid(Math.max(Math.scalb(2f, Math.getExponent(largest) - BITS), 0x1p-100f));
  }

  private static float largest(float[] elements) {
    float largest = 0;
    for (float element : elements) {
      largest = Math.max(largest, Math.abs(element));
    }
    return largest;
  }

  /** Returns the nearest numbers of the grid. */
  float[] round(float[] elements) {
    float[] rounded = new float[elements.length];
    for (int i = 0; i < elements.length; i++) {
      rounded[i] = (float) Math.rint(elements[i] / spacing) * spacing;
    }
    return rounded;
  }

  /**
   * Returns the nearest numbers of the grid.
   *
   * @param name what the constant is called after
   * @param value of any shape
   */
  Value round(GraphBuilder graph, String name, Value value) {
    Value shift = graph.constant(name + ".grid", Shape.of(), ROUNDING * spacing);
    return graph.apply(Operator.SUB, graph.apply(Operator.ADD, value, shift), shift);
  }
}
