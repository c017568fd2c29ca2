package io.logitflow.sampler.onnx;

import io.logitflow.contract.Excerpt;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.onnx.schema.AttributeProto;
import io.logitflow.sampler.onnx.schema.GraphProto;
import io.logitflow.sampler.onnx.schema.NodeProto;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The values of a graph, found one after another by the rules that the exporter builds with: an
 * operator of the list, operands that are there already, a result whose size is known. So a graph
 * is finite, without cycles, and what it takes is bounded before anything of it runs.
 */
final class GraphTypes {
  private static final Set<Operator> PRODUCTS =
      EnumSet.of(Operator.MATMUL, Operator.MATMUL_INTEGER, Operator.GEMM);

  private final String file;
  private final int opset;
  private final DeclaredValues declared;
  private final Map<String, Operand> values = new HashMap<>();
  private final Set<String> names = new HashSet<>();
  private final SortedMap<String, Integer> operators = new TreeMap<>();
  private long fixedBytes;
  private long bytesPerRow;
  private long constantBytes;
  private long operationsPerRow;
  private long operationsPerBeta;
  private int nodes;
  private Optional<Repetition> repetition = Optional.empty();
  private long times = 1;

  /**
   * Starts a graph.
   *
   * @param file the model's name, for messages
   * @param opset version of the operator set that it is written in
   * @param declared reads what the body of a loop declares
   */
  GraphTypes(String file, int opset, DeclaredValues declared) {
    this.file = file;
    this.opset = opset;
    this.declared = declared;
  }

  /**
   * Adds a constant of the file.
   *
   * @throws InvalidInputException if there is a value of that name, or what ONNX Runtime makes of
   *     it is too large
   */
  void addConstant(Operand constant) {
    String subject = file + " constant " + Excerpt.of(constant.name());
    define(subject, constant);
    constantBytes += constant.type().bytes();
    if (constant.type().elementType() == ElementType.FLOAT16) {
      measure(subject, new TensorType(ElementType.FLOAT32, constant.type().shape()));
    }
  }

  /**
   * Adds an input.
   *
   * @throws InvalidInputException if there is a value of that name, or it is too large
   */
  void addInput(Operand input) {
    String subject = file + " input " + Excerpt.of(input.name());
    define(subject, input);
    measure(subject, input.type());
  }

  /**
   * Adds the nodes of a graph.
   *
   * @param graph the file's, or the body of a loop
   * @throws InvalidInputException if one breaks a rule, or there are too many
   */
  void addNodes(GraphProto graph) {
    nodes += graph.getNodeCount();
    if (nodes > ModelBounds.MOST_NODES) {
      throw new InvalidInputException(file, nodes + " nodes", "at most " + ModelBounds.MOST_NODES);
    }
    for (int index = 0; index < graph.getNodeCount(); index++) {
      NodeProto node = graph.getNode(index);
      String subject =
          file + " node " + (node.getName().isEmpty() ? index : Excerpt.of(node.getName()));
      Operator operator = operatorOf(subject, node);
      if (operator == Operator.LOOP) {
        addLoop(subject, node);
      } else {
        addNode(subject, operator, node);
      }
    }
  }

  private void addNode(String subject, Operator operator, NodeProto node) {
    List<Operand> operands = new ArrayList<>();
    for (String name : node.getInputList()) {
      operands.add(operandOf(subject, name));
    }
    List<TensorType> types;
    Optional<List<Long>> sizes;
    try {
      Application application = new Application(operands, attributesOf(node));
      types = operator.infer(application);
      sizes = operator.measure(application);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw misapplied(subject, e);
    }
    requireResults(subject, operator, node, types);
    count(operator, operands, types.get(0));
    for (int result = 0; result < types.size(); result++) {
      measure(subject, types.get(result));
      define(subject, Operand.result(node.getOutput(result), types.get(result), sizes));
    }
  }

  /** Adds a loop and what is in its body, which the rest of the graph does not see. */
  private void addLoop(String subject, NodeProto node) {
    LoopNode loop = LoopNode.of(subject, node, declared);
    if (repetition.isPresent()) {
      throw new InvalidInputException(subject, "a second Loop", "one in a graph");
    }
    List<Operand> operands =
        loop.operands().stream().map(name -> operandOf(subject, name)).toList();
    List<TensorType> types;
    try {
      types = Operator.LOOP.infer(new Application(operands, Map.of("body", loop.body())));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw misapplied(subject, e);
    }
    requireResults(subject, Operator.LOOP, node, types);
    long trips = operands.get(0).integers().get(0);
    int inBody = loop.body().proto().getNodeCount();
    if (trips * inBody > ModelBounds.MOST_REPEATED_NODES) {
      throw new InvalidInputException(
          subject,
          trips + " times " + inBody + " nodes",
          "at most " + ModelBounds.MOST_REPEATED_NODES);
    }
    repetition = Optional.of(new Repetition(inBody, trips));
    operators.merge(Operator.LOOP.onnxName(), 1, Integer::sum);
    addBody(subject, loop, trips);
    for (int result = 0; result < types.size(); result++) {
      measure(subject, types.get(result));
      if (result >= operands.size() - 1) {
        // What is stacked is there in parts as well, until it is joined.
        measure(subject, types.get(result));
      }
      define(subject, Operand.of(node.getOutput(result), types.get(result)));
    }
  }

  private void addBody(String subject, LoopNode loop, long trips) {
    Set<String> outside = Set.copyOf(values.keySet());
    long bytesOutside = fixedBytes + bytesPerRow;
    loop.inputs().forEach(this::addInput);
    Set<String> given = Set.copyOf(values.keySet());
    times = trips;
    addNodes(loop.body().proto());
    times = 1;
    long bytes = trips * (fixedBytes + bytesPerRow - bytesOutside);
    if (bytes > ModelBounds.LARGEST_REPEATED) {
      throw new InvalidInputException(
          subject,
          trips + " times " + bytes / trips + " bytes of a row",
          "at most " + ModelBounds.LARGEST_REPEATED + " together");
    }
    for (Operand output : loop.computed()) {
      Operand computed = given.contains(output.name()) ? null : values.get(output.name());
      if (computed == null || !computed.type().equals(output.type())) {
        throw new InvalidInputException(
            subject,
            "\"" + Excerpt.of(output.name()) + "\", returned by its body",
            output.type() + ", computed there");
      }
    }
    values.keySet().retainAll(outside);
  }

  private static void requireResults(
      String subject, Operator operator, NodeProto node, List<TensorType> types) {
    if (types.size() != node.getOutputCount()) {
      throw new InvalidInputException(
          subject, node.getOutputCount() + " results", types.size() + " of " + operator.onnxName());
    }
  }

  private static InvalidInputException misapplied(String subject, RuntimeException reason) {
    return new InvalidInputException(
        subject,
        Excerpt.of(reason.getMessage()),
        "operands and attributes that the operator takes");
  }

  /**
   * Finds a value.
   *
   * @param name its name
   */
  Optional<Operand> find(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** Returns what the graph is made of so far. */
  GraphSummary summary() {
    return new GraphSummary(
        new RunMemory(fixedBytes, bytesPerRow),
        operators,
        constantBytes,
        operationsPerRow,
        operationsPerBeta,
        repetition);
  }

  private void count(Operator operator, List<Operand> operands, TensorType result) {
    operators.merge(operator.onnxName(), 1, Integer::sum);
    if (PRODUCTS.contains(operator)) {
      Shape left = operands.get(0).type().shape();
      // Bounded by the memory of the values, written as often, so that no product overflows.
      long operations = 2 * result.shape().elements() * left.size(left.rank() - 1);
      if (result.shape().isRows()) {
        operationsPerRow += times * operations;
      } else if (result.shape().isBatched()) {
        operationsPerBeta += times * operations;
      }
    }
  }

  private Operator operatorOf(String subject, NodeProto node) {
    String type = Excerpt.of(node.getOpType());
    if (!node.getDomain().isEmpty()) {
      throw new InvalidInputException(
          subject,
          type + " of domain " + Excerpt.of(node.getDomain()),
          "an operator of ONNX's own domain");
    }
    Operator operator =
        Operator.named(node.getOpType())
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        subject, "operator " + type, "an operator that LogitFlow writes"));
    if (!operator.holdsIn(opset)) {
      throw new InvalidInputException(
          subject,
          type + " of operator set " + opset,
          "a version of the set in which it is defined as in " + ModelInspection.OLDEST_OPSET);
    }
    return operator;
  }

  private Operand operandOf(String subject, String name) {
    return find(name)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    subject,
                    "operand \"" + Excerpt.of(name) + "\"",
                    "an input, a constant or the result of an earlier node"));
  }

  private void define(String subject, Operand value) {
    if (value.name().isEmpty() || !names.add(value.name())) {
      throw new InvalidInputException(
          subject,
          "the name \"" + Excerpt.of(value.name()) + "\" for a value",
          "a name that is not taken, nor empty");
    }
    values.put(value.name(), value);
  }

  /**
   * Counts a value's bytes. One of binary16 counts as binary32 as well: ONNX Runtime computes it so
   * on the CPU, and holds both.
   */
  private void measure(String subject, TensorType type) {
    if (type.elementType() == ElementType.FLOAT16) {
      measure(subject, new TensorType(ElementType.FLOAT32, type.shape()));
    }
    List<Long> sizes = type.shape().sizes();
    if (sizes.size() > ModelBounds.MOST_AXES) {
      throw new InvalidInputException(
          subject, "a value of " + sizes.size() + " axes", "at most " + ModelBounds.MOST_AXES);
    }
    if (type.shape().unknown() > 1) {
      throw new InvalidInputException(subject, "a value " + type, "one axis of the batch at most");
    }
    long largest = type.shape().isBatched() ? ModelBounds.LARGEST_ROW : ModelBounds.LARGEST_FIXED;
    long sum;
    try {
      sum = Math.addExact(type.bytes(), type.shape().isBatched() ? bytesPerRow : fixedBytes);
    } catch (ArithmeticException e) {
      sum = Long.MAX_VALUE;
    }
    if (sum > largest) {
      throw new InvalidInputException(
          subject,
          "a value " + type + ", which with those before it takes more than " + largest + " bytes",
          type.shape().isBatched() ? "fewer for a row" : "fewer beside the constants");
    }
    if (type.shape().isBatched()) {
      bytesPerRow = sum;
    } else {
      fixedBytes = sum;
    }
  }

  private static Map<String, Attribute> attributesOf(NodeProto node) {
    Map<String, Attribute> attributes = new HashMap<>();
    for (AttributeProto attribute : node.getAttributeList()) {
      String name = attribute.getName();
      if (attributes.put(name, Attribute.ofProto(attribute)) != null) {
        throw new IllegalArgumentException("attribute " + name + " twice");
      }
    }
    return attributes;
  }
}
