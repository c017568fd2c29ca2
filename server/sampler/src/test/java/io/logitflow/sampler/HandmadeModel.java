package io.logitflow.sampler;

import com.google.protobuf.ByteString;
import io.logitflow.sampler.onnx.schema.AttributeProto;
import io.logitflow.sampler.onnx.schema.AttributeProto.AttributeType;
import io.logitflow.sampler.onnx.schema.GraphProto;
import io.logitflow.sampler.onnx.schema.ModelProto;
import io.logitflow.sampler.onnx.schema.NodeProto;
import io.logitflow.sampler.onnx.schema.OperatorSetIdProto;
import io.logitflow.sampler.onnx.schema.TensorProto;
import io.logitflow.sampler.onnx.schema.TensorProto.DataType;
import io.logitflow.sampler.onnx.schema.TensorShapeProto;
import io.logitflow.sampler.onnx.schema.TypeProto;
import io.logitflow.sampler.onnx.schema.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** An ONNX model put together field by field, valid or not: nothing here is checked. */
public final class HandmadeModel {
  private static final long BATCH = -1;

  private final ModelProto.Builder model =
      ModelProto.newBuilder()
          .setIrVersion(8)
          .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17));

  /** Returns a rollout of three tokens whose log Z is NaN above β = 50, and fails above 100. */
  static HandmadeModel faultyRollout() {
    return rollout(DataType.UINT8)
        .floats("hundred", List.of(1L), 100)
        .floats("table", List.of(1L, 1L), -1)
        .floats("fifty", List.of(1L), 50)
        .node("Less", List.of("hundred", "beta"), "above")
        .node("Cast", List.of("above"), "index", whole("to", DataType.INT32_VALUE))
        .node("Gather", List.of("table", "index"), "column")
        .node("Reshape", List.of("column", "rows"), "log_pf")
        .node("Sub", List.of("fifty", "beta"), "difference")
        .node("Log", List.of("difference"), "log_z")
        .node("Mul", List.of("beta", "zero"), "log_pb")
        .node("Mul", List.of("uniform", "zero"), "token")
        .node("Cast", List.of("token"), "tokens", whole("to", DataType.UINT8_VALUE));
  }

  /** Returns a rollout of three tokens out of 300, each the integer part of 300 · its uniform. */
  static HandmadeModel wideRollout() {
    return rollout(DataType.INT16)
        .floats("tokenCount", List.of(1L), 300)
        .floats("logProbability", List.of(1L), (float) (-3 * Math.log(300)))
        .node("Mul", List.of("uniform", "tokenCount"), "token")
        .node("Cast", List.of("token"), "tokens", whole("to", DataType.INT16_VALUE))
        .node("Mul", List.of("beta", "zero"), "log_pb")
        .node("Add", List.of("log_pb", "logProbability"), "log_pf")
        .node("Add", List.of("log_pb", "zero"), "log_z");
  }

  /** Returns a rollout of three tokens whose log Z is the β of the first row of its run. */
  static HandmadeModel entangledRollout() {
    return rollout(DataType.UINT8)
        .constant("first", DataType.INT32, List.of(1L), ByteString.copyFrom(new byte[4]))
        .node("Mul", List.of("beta", "zero"), "log_pf")
        .node("Mul", List.of("beta", "zero"), "log_pb")
        .node("Gather", List.of("beta", "first"), "other")
        .node("Add", List.of("nothing", "other"), "log_z")
        .node("Mul", List.of("uniform", "zero"), "token")
        .node("Cast", List.of("token"), "tokens", whole("to", DataType.UINT8_VALUE));
  }

  /**
   * Returns a score of three tokens that is an estimate: the log weight of a trajectory is the
   * largest of its uniforms, and NaN above β = 2.
   */
  static HandmadeModel estimatingScore() {
    return new HandmadeModel()
        .input("tokens", DataType.UINT8, BATCH, 3)
        .input("length", DataType.INT32, BATCH)
        .input("beta", DataType.FLOAT, BATCH)
        .input("uniform", DataType.FLOAT, BATCH, 3)
        .output("log_pf", DataType.FLOAT, BATCH)
        .output("log_pb", DataType.FLOAT, BATCH)
        .floats("zero", List.of(1L), 0)
        .floats("two", List.of(1L), 2)
        .node(
            "ReduceMax",
            List.of("uniform"),
            "largest",
            AttributeProto.newBuilder()
                .setName("axes")
                .setType(AttributeType.INTS)
                .addInts(1)
                .build(),
            whole("keepdims", 0))
        .node("Sub", List.of("two", "beta"), "difference")
        .node("Log", List.of("difference"), "logarithm")
        .node("Mul", List.of("logarithm", "zero"), "nothing")
        .node("Add", List.of("largest", "nothing"), "log_pf")
        .node("Mul", List.of("beta", "zero"), "log_pb");
  }

  private static HandmadeModel rollout(DataType tokens) {
    return new HandmadeModel()
        .input("beta", DataType.FLOAT, BATCH)
        .input("uniform", DataType.FLOAT, BATCH, 3)
        .output("tokens", tokens, BATCH, 3)
        .output("length", DataType.INT32, BATCH)
        .output("log_pf", DataType.FLOAT, BATCH)
        .output("log_pb", DataType.FLOAT, BATCH)
        .output("log_z", DataType.FLOAT, BATCH)
        .integers("rows", BATCH)
        .floats("zero", List.of(1L), 0)
        .floats("three", List.of(1L), 3)
        .node("Mul", List.of("beta", "zero"), "nothing")
        .node("Add", List.of("nothing", "three"), "size")
        .node("Cast", List.of("size"), "length", whole("to", DataType.INT32_VALUE));
  }

  /** Declares an input; -1 stands for the batch. */
  public HandmadeModel input(String name, DataType type, long... sizes) {
    graph().addInput(describe(name, type, sizes));
    return this;
  }

  /** Declares an output; -1 stands for the batch. */
  public HandmadeModel output(String name, DataType type, long... sizes) {
    graph().addOutput(describe(name, type, sizes));
    return this;
  }

  /** Adds a constant of floats. */
  public HandmadeModel floats(String name, List<Long> sizes, float... elements) {
    ByteBuffer bytes = littleEndian(elements.length * Float.BYTES);
    bytes.asFloatBuffer().put(elements);
    return constant(name, DataType.FLOAT, sizes, ByteString.copyFrom(bytes));
  }

  /** Adds a constant list of 64-bit integers. */
  public HandmadeModel integers(String name, long... elements) {
    ByteBuffer bytes = littleEndian(elements.length * Long.BYTES);
    bytes.asLongBuffer().put(elements);
    List<Long> sizes = List.of((long) elements.length);
    return constant(name, DataType.INT64, sizes, ByteString.copyFrom(bytes));
  }

  /** Adds a constant. */
  public HandmadeModel constant(String name, DataType type, List<Long> sizes, ByteString data) {
    graph()
        .addInitializer(
            TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addAllDims(sizes)
                .setRawData(data));
    return this;
  }

  /** Adds a node with one result. */
  public HandmadeModel node(
      String operator, List<String> operands, String result, AttributeProto... attributes) {
    graph()
        .addNode(
            NodeProto.newBuilder()
                .setName(operator + "_" + result)
                .setOpType(operator)
                .addAllInput(operands)
                .addOutput(result)
                .addAllAttribute(List.of(attributes)));
    return this;
  }

  /** Returns an attribute of one integer. */
  public static AttributeProto whole(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  /** Returns the graph, to be changed. */
  public GraphProto.Builder graph() {
    return model.getGraphBuilder();
  }

  /** Returns the model, to be changed. */
  public ModelProto.Builder model() {
    return model;
  }

  /** Returns the file. */
  public byte[] bytes() {
    return model.build().toByteArray();
  }

  private static ValueInfoProto describe(String name, DataType type, long... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      if (size == BATCH) {
        shape.addDimBuilder().setDimParam("B");
      } else {
        shape.addDimBuilder().setDimValue(size);
      }
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
