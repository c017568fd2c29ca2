package io.logitflow.exporter.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.onnx.Application;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operand;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;
import io.logitflow.sampler.onnx.schema.GraphProto;
import io.logitflow.sampler.onnx.schema.ModelProto;
import io.logitflow.sampler.onnx.schema.NodeProto;
import io.logitflow.sampler.onnx.schema.OperatorSetIdProto;
import io.logitflow.sampler.onnx.schema.StringStringEntryProto;
import io.logitflow.sampler.onnx.schema.TensorProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX graph under construction. Each operator is checked (number of operands, attributes,
 * element types, shapes) when it is applied, so that a fault shows where it is made; the same calls
 * give the same bytes. Not thread-safe.
 */
public final class GraphBuilder {
  /** Version of ONNX's operator set that graphs are written in. */
  public static final int OPSET = 17;

  /** Version of ONNX's file format that graphs are written in. */
  public static final int IR_VERSION = 8;

  /** Room for nodes, names and types in a file, beside the bytes of constants. */
  private static final long ROOM = 64L << 20;

  private final String name;
  private final Declarations declarations;
  private final GraphProto.Builder proto = GraphProto.newBuilder();
  private final List<Signature> inputs = new ArrayList<>();
  private final List<Signature> outputs = new ArrayList<>();
  private final Map<String, Constant> constants = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();
  private final Set<String> used = new HashSet<>();
  private final Set<String> outOfReach = new HashSet<>();
  private GraphProto.Builder current = proto;
  private int nodes;
  private String section = "";
  private long constantBytes;
  private long bytesPerRow;

  /**
   * Starts a graph.
   *
   * @param name its name
   * @param batchSymbol name of the batch's size in shapes
   */
  public GraphBuilder(String name, String batchSymbol) {
    this.name = name;
    this.declarations = new Declarations(batchSymbol);
  }

  /**
   * Begins a section: the names of later results start with it.
   *
   * @param name such as {@code step3}
   */
  public void section(String name) {
    this.section = name + "/";
  }

  /**
   * Declares an input of the graph.
   *
   * @param name its name
   * @param elementType type of its elements
   * @param sizes of its axes, {@link Shape#BATCH} for the batch, {@link Shape#BETAS} for the
   *     inverse temperatures of a run
   */
  public Value input(String name, ElementType elementType, long... sizes) {
    TensorType type = new TensorType(elementType, Shape.of(sizes));
    Value value = new Value(this, Operand.of(claim(name), type));
    inputs.add(new Signature(name, type));
    measure(type);
    proto.addInput(declarations.of(name, type));
    return value;
  }

  /**
   * Returns a constant of floats. Asked twice for one name, it returns the same value.
   *
   * @param name its name
   * @param shape its shape, without a batch
   * @param elements its elements, row-major
   * @throws IllegalArgumentException if the name stands for something else, or the sizes disagree
   * @throws InvalidInputException if the constants of the graph do not fit in a file
   */
  public Value constant(String name, Shape shape, float... elements) {
    requireRoom((long) elements.length * Float.BYTES);
    ByteBuffer bytes = littleEndian(elements.length * Float.BYTES);
    bytes.asFloatBuffer().put(elements);
    return constant(name, new TensorType(ElementType.FLOAT32, shape), bytes, null);
  }

  /**
   * Returns a constant of floats, whose elements are read when the name is new. Large ones, asked
   * for at every step, are then copied once.
   *
   * @param name its name, which stands for these elements alone
   * @param shape its shape, without a batch
   * @param elements gives its elements, row-major
   * @throws IllegalArgumentException if the name has another shape, or the sizes disagree
   * @throws InvalidInputException if the constants of the graph do not fit in a file
   */
  public Value constant(String name, Shape shape, Supplier<float[]> elements) {
    return known(name, new TensorType(ElementType.FLOAT32, shape))
        .orElseGet(() -> constant(name, shape, elements.get()));
  }

  /**
   * Returns a constant of any type, whose elements are read when the name is new.
   *
   * @param name its name, which stands for these elements alone
   * @param type its element type and shape, without a batch
   * @param bytes gives its elements, row-major, little-endian
   * @throws IllegalArgumentException if the name has another type, or the sizes disagree
   * @throws InvalidInputException if the constants of the graph do not fit in a file
   */
  public Value constant(String name, TensorType type, Supplier<ByteBuffer> bytes) {
    return known(name, type).orElseGet(() -> constant(name, type, bytes.get()));
  }

  private Optional<Value> known(String name, TensorType type) {
    Constant known = constants.get(name);
    if (known == null) {
      return Optional.empty();
    }
    if (!known.value().type().equals(type)) {
      throw new IllegalArgumentException(
          "constant " + name + " is there as " + known.value().type() + ", not as " + type);
    }
    return Optional.of(known.value());
  }

  /**
   * Returns a constant of 64-bit integers, such as axes or a shape. Asked twice for one name, it
   * returns the same value.
   *
   * @param name its name
   * @param elements its elements, the only axis
   * @throws IllegalArgumentException if the name stands for something else
   */
  public Value integers(String name, long... elements) {
    ByteBuffer bytes = littleEndian(elements.length * Long.BYTES);
    bytes.asLongBuffer().put(elements);
    TensorType type = new TensorType(ElementType.INT64, Shape.of(elements.length));
    return constant(name, type, bytes, Arrays.stream(elements).boxed().toList());
  }

  /**
   * Returns a constant of any type. Asked twice for one name, it returns the same value.
   *
   * @param name its name
   * @param type its element type and shape, without a batch
   * @param bytes its elements, row-major, little-endian
   * @throws IllegalArgumentException if the name stands for something else, or the sizes disagree
   * @throws InvalidInputException if the constants of the graph do not fit in a file
   */
  public Value constant(String name, TensorType type, ByteBuffer bytes) {
    requireRoom(bytes.capacity());
    return constant(name, type, bytes, null);
  }

  private Value constant(
      String name, TensorType type, ByteBuffer bytes, @Nullable List<Long> integers) {
    if (type.shape().isBatched()
        || type.shape().elements() * type.elementType().width() != bytes.capacity()) {
      throw new IllegalArgumentException(
          "constant " + name + ": " + bytes.capacity() + " bytes do not make a " + type);
    }
    ByteString data = ByteString.copyFrom(bytes.rewind());
    Constant known = constants.get(name);
    if (known != null) {
      if (!known.data().equals(data) || !known.value().type().equals(type)) {
        throw new IllegalArgumentException("constant " + name + " is there with other contents");
      }
      return known.value();
    }
    claim(name);
    Value value =
        new Value(
            this,
            integers == null ? Operand.of(name, type) : Operand.constant(name, type, integers));
    constants.put(name, new Constant(value, data));
    constantBytes += data.size();
    return value;
  }

  private void requireRoom(long bytes) {
    long largest = Integer.MAX_VALUE - ROOM;
    if (constantBytes + bytes > largest) {
      throw new InvalidInputException(
          "the graph " + name,
          "more than " + largest + " bytes of constants",
          "fewer, since a file of ONNX is at most " + Integer.MAX_VALUE + " bytes long");
    }
  }

  /**
   * Applies an operator without attributes that has one result.
   *
   * @param operator the operator
   * @param operands its operands, values of this graph
   * @throws IllegalArgumentException if the operator does not take them
   */
  public Value apply(Operator operator, Value... operands) {
    return apply(operator, Map.of(), operands);
  }

  /**
   * Applies an operator that has one result.
   *
   * @param operator the operator
   * @param attributes its attributes by name
   * @param operands its operands, values of this graph
   * @throws IllegalArgumentException if the operator does not take them
   */
  public Value apply(Operator operator, Map<String, Attribute> attributes, Value... operands) {
    List<Value> results = applyAll(operator, attributes, operands);
    if (results.size() != 1) {
      throw new IllegalArgumentException(
          operator.onnxName() + ": " + results.size() + " results, expected 1");
    }
    return results.get(0);
  }

  /**
   * Applies an operator.
   *
   * @param operator the operator
   * @param attributes its attributes by name
   * @param operands its operands, values of this graph
   * @return its results
   * @throws IllegalArgumentException if the operator does not take them
   */
  public List<Value> applyAll(
      Operator operator, Map<String, Attribute> attributes, Value... operands) {
    for (Value operand : operands) {
      requireUsable(operator, operand);
    }
    Application application =
        new Application(Arrays.stream(operands).map(Value::operand).toList(), attributes);
    return addNode(operator, application, Arrays.stream(operands).map(Value::name).toList());
  }

  private List<Value> addNode(Operator operator, Application application, List<String> operands) {
    List<TensorType> types = operator.infer(application);
    String node = section + operator.onnxName() + "_" + nodes;
    NodeProto.Builder nodeProto =
        NodeProto.newBuilder().setName(node).setOpType(operator.onnxName()).addAllInput(operands);
    used.addAll(operands);
    application.attributes().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> nodeProto.addAttribute(entry.getValue().toProto(entry.getKey())));
    Optional<List<Long>> sizes = operator.measure(application);
    List<Value> results = new ArrayList<>();
    for (int index = 0; index < types.size(); index++) {
      measure(types.get(index));
      String result = claim(types.size() == 1 ? node : node + ":" + index);
      results.add(new Value(this, Operand.result(result, types.get(index), sizes)));
      nodeProto.addOutput(result);
    }
    current.addNode(nodeProto);
    nodes++;
    return results;
  }

  /**
   * Applies a body again and again; a graph may do so once.
   *
   * @param times how often
   * @param initial what is carried into the first time
   * @param body builds what is applied
   * @return what is carried out of the last time, and what each gave, [times, ...]
   * @throws IllegalArgumentException if the body does not return what it was given the like of,
   *     each value computed in it and returned once, or the graph has a loop
   */
  public LoopBody.Results loop(int times, List<Value> initial, LoopBody body) {
    initial.forEach(value -> requireUsable(Operator.LOOP, value));
    LoopAssembly loop = new LoopAssembly(this, name + "_loop", declarations, initial);
    loop.inputs().forEach(input -> claim(input.name()));
    Set<String> outside = Set.copyOf(names);
    current = loop.body();
    LoopBody.Results results = body.run(loop.iteration(), loop.carried());
    current = proto;
    Set<String> computed = new HashSet<>(names);
    computed.removeAll(outside);
    computed.removeAll(constants.keySet());
    outOfReach.addAll(computed);
    loop.inputs().forEach(input -> outOfReach.add(input.name()));
    Attribute finished = loop.returning(results, computed);
    List<Value> operands = new ArrayList<>(initial);
    operands.add(0, integers("loop.times", times));
    List<String> operandNames = new ArrayList<>(operands.stream().map(Value::name).toList());
    // No condition: the number of times alone ends the loop.
    operandNames.add(1, "");
    List<Value> values =
        addNode(
            Operator.LOOP,
            new Application(
                operands.stream().map(Value::operand).toList(), Map.of("body", finished)),
            operandNames);
    return new LoopBody.Results(
        values.subList(0, initial.size()), values.subList(initial.size(), values.size()));
  }

  /**
   * Makes a result of an operator an output of the graph. The node that computes it is renamed to
   * write the output's name, so the value has no other use.
   *
   * @param name the output's name
   * @param value the value, as yet without uses
   * @throws IllegalArgumentException if it is no unused result of this graph
   */
  public void output(String name, Value value) {
    requireOwn(value);
    if (used.contains(value.name())) {
      throw new IllegalArgumentException("output " + name + ": " + value + " is used inside");
    }
    NodeProto.Builder producer = null;
    for (NodeProto.Builder node : proto.getNodeBuilderList()) {
      if (node.getOutputList().contains(value.name())) {
        producer = node;
      }
    }
    if (producer == null) {
      throw new IllegalArgumentException(
          "output " + name + ": " + value + " is no result of an operator that is left");
    }
    producer.setOutput(producer.getOutputList().indexOf(value.name()), claim(name));
    outOfReach.add(value.name());
    outputs.add(new Signature(name, value.type()));
    proto.addOutput(declarations.of(name, value.type()));
  }

  private void measure(TensorType type) {
    if (type.shape().isBatched()) {
      bytesPerRow = Math.addExact(bytesPerRow, type.bytes());
    }
  }

  /** Returns the bytes that a row of the batch takes in all inputs and results so far. */
  public long bytesPerRow() {
    return bytesPerRow;
  }

  /** Returns the number of operators applied so far, those in the body of a loop among them. */
  public int nodeCount() {
    return nodes;
  }

  /**
   * Finishes the graph.
   *
   * @param producerVersion version of LogitFlow
   * @param metadata free text for tools, by key
   * @return the graph, the same bytes for the same calls
   */
  public OnnxGraph build(String producerVersion, SortedMap<String, String> metadata) {
    proto.setName(name);
    for (Constant constant : constants.values()) {
      TensorType type = constant.value().type();
      proto.addInitializer(
          TensorProto.newBuilder()
              .setName(constant.value().name())
              .addAllDims(type.shape().sizes())
              .setDataType(type.elementType().code())
              .setRawData(constant.data()));
    }
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("LogitFlow")
            .setProducerVersion(producerVersion)
            .setGraph(proto)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET));
    metadata.forEach(
        (key, text) ->
            model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(text)));
    return new OnnxGraph(inputs, outputs, nodes, serialise(model.build()));
  }

  private static ByteString serialise(ModelProto model) {
    ByteString.Output bytes = ByteString.newOutput(model.getSerializedSize());
    CodedOutputStream stream = CodedOutputStream.newInstance(bytes);
    stream.useDeterministicSerialization();
    try {
      model.writeTo(stream);
      stream.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteString();
  }

  private void requireUsable(Operator operator, Value operand) {
    requireOwn(operand);
    if (outOfReach.contains(operand.name())) {
      throw new IllegalArgumentException(
          operator.onnxName() + ": " + operand + " is an output already, or inside a loop");
    }
  }

  private void requireOwn(Value value) {
    if (value.graph() != this) {
      throw new IllegalArgumentException(value + " belongs to another graph than " + name);
    }
  }

  private String claim(String valueName) {
    if (valueName.isEmpty() || !names.add(valueName)) {
      throw new IllegalArgumentException("value '" + valueName + "' is there already, or unnamed");
    }
    return valueName;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private record Constant(Value value, ByteString data) {}
}
