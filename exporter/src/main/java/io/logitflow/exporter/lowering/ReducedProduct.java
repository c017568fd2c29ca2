package io.logitflow.exporter.lowering;

import ai.onnxruntime.platform.Fp16Conversions;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/**
 * The product of a layer's inputs and weights in fewer bits; what goes in and what comes out are
 * binary32.
 *
 * <p>Of integers it is written with {@code MatMulInteger}, which ONNX Runtime's CPU provider runs
 * at two to four times the rate of binary32; nodes that dequantise before a product of floats it
 * does not join. Weights have 7 bits and a sign of the 8 that there are: processors without
 * instructions for such products add up pairs of them in 16 bits, and 2 · 255 · 63 fits where 2 ·
 * 255 · 127 does not. So the sums are exact everywhere, and a row has the same bits in every batch.
 */
final class ReducedProduct {
  /** The largest weight. */
  private static final int LARGEST_WEIGHT = 63;

  private final String name;
  private final int inputs;
  private final int outputs;
  private final Supplier<float[]> weights;

  /**
   * Describes a product.
   *
   * @param name of the weights; constants are called after it
   * @param inputs rows of the weights
   * @param outputs columns of the weights
   * @param weights [inputs, outputs] row-major
   */
  ReducedProduct(String name, int inputs, int outputs, Supplier<float[]> weights) {
    this.name = name;
    this.inputs = inputs;
    this.outputs = outputs;
    this.weights = weights;
  }

  /**
   * Multiplies in binary16.
   *
   * @param input [N, inputs]
   * @return [N, outputs]
   */
  Value half(GraphBuilder graph, Value input) {
    Value constant =
        graph.constant(
            name + ".half",
            new TensorType(ElementType.FLOAT16, Shape.of(inputs, outputs)),
            () -> halves(weights.get()));
    Value product =
        graph.apply(Operator.MATMUL, Columns.cast(graph, ElementType.FLOAT16, input), constant);
    return Columns.cast(graph, ElementType.FLOAT32, product);
  }

  /**
   * Multiplies bytes.
   *
   * @param input [N, inputs]
   * @param range of the input
   * @return [N, outputs]
   */
  Value bytes(GraphBuilder graph, Value input, QuantisedRange range) {
    Value scale = graph.constant(name + ".scale", Shape.of(), range.scale());
    Value zeroPoint =
        graph.constant(
            name + ".zero",
            new TensorType(ElementType.UINT8, Shape.of()),
            ByteBuffer.allocate(1).put((byte) range.zeroPoint()));
    Value constant =
        graph.constant(
            name + ".bytes",
            new TensorType(ElementType.INT8, Shape.of(inputs, outputs)),
            this::signedBytes);
    Value factors =
        graph.constant(name + ".factors", Shape.of(outputs), () -> factors(range.scale()));
    Value quantised = graph.apply(Operator.QUANTIZE_LINEAR, input, scale, zeroPoint);
    Value sums = graph.apply(Operator.MATMUL_INTEGER, quantised, constant, zeroPoint);
    return graph.apply(Operator.MUL, Columns.cast(graph, ElementType.FLOAT32, sums), factors);
  }

  private static ByteBuffer halves(float[] weights) {
    ByteBuffer halves =
        ByteBuffer.allocate(Math.multiplyExact(weights.length, Short.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float weight : weights) {
      halves.putShort(Fp16Conversions.floatToFp16(weight));
    }
    return halves;
  }

  private ByteBuffer signedBytes() {
    float[] elements = weights.get();
    float[] scales = scales(elements);
    ByteBuffer bytes = ByteBuffer.allocate(elements.length);
    for (int i = 0; i < elements.length; i++) {
      bytes.put((byte) Math.rint(elements[i] / scales[i % outputs]));
    }
    return bytes;
  }

  /** Returns what a sum counts, for each column. */
  private float[] factors(float inputScale) {
    float[] factors = scales(weights.get());
    for (int column = 0; column < outputs; column++) {
      factors[column] *= inputScale;
    }
    return factors;
  }

  /** Returns the distance of neighbouring weights, for each column. */
  private float[] scales(float[] elements) {
    float[] scales = new float[outputs];
    for (int i = 0; i < elements.length; i++) {
      scales[i % outputs] = Math.max(scales[i % outputs], Math.abs(elements[i]));
    }
    for (int column = 0; column < outputs; column++) {
      scales[column] = Math.max(scales[column] / LARGEST_WEIGHT, Float.MIN_NORMAL);
    }
    return scales;
  }
}
