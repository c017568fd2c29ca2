package io.logitflow.exporter.graph;

import io.logitflow.sampler.onnx.ModelInspection;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;
import io.logitflow.sampler.onnx.schema.TensorShapeProto;
import io.logitflow.sampler.onnx.schema.TypeProto;
import io.logitflow.sampler.onnx.schema.ValueInfoProto;

/**
 * Names and types of what a graph reads and returns, in ONNX's form.
 *
 * @param batchSymbol name of the batch's size in shapes
 */
record Declarations(String batchSymbol) {
  /**
   * Describes a value.
   *
   * @param name its name
   * @param type its type
   * @throws IllegalArgumentException if an axis has several rows for each of the batch, which has
   *     no name
   */
  ValueInfoProto of(String name, TensorType type) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : type.shape().sizes()) {
      TensorShapeProto.Dimension.Builder dimension = shape.addDimBuilder();
      if (size == Shape.BATCH) {
        dimension.setDimParam(batchSymbol);
      } else if (size == Shape.BETAS) {
        dimension.setDimParam(ModelInspection.BETAS_SYMBOL);
      } else {
        dimension.setDimValue(size);
      }
    }
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder().setElemType(type.elementType().code()).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
