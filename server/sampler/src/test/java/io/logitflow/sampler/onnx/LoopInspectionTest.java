package io.logitflow.sampler.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.HandmadeModel;
import io.logitflow.sampler.onnx.schema.AttributeProto;
import io.logitflow.sampler.onnx.schema.AttributeProto.AttributeType;
import io.logitflow.sampler.onnx.schema.GraphProto;
import io.logitflow.sampler.onnx.schema.NodeProto;
import io.logitflow.sampler.onnx.schema.TensorProto.DataType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class LoopInspectionTest {
  private static final String OF_THE_OPERATOR =
      ", expected operands and attributes that the operator takes";
  private static final List<Operand> INPUTS = List.of(rows("x"));
  private static final List<Operand> OUTPUTS = List.of(rows("y"));

  @Test
  void takesALoopAndMeasuresIt() throws IOException {
    GraphSummary summary = new Model().inspect();

    // Of 16 bytes a row each: x, outer, z and y; in the body, counted once, what is carried and
    // four
    // results. What is stacked takes them five times, in parts and joined.
    assertThat(summary.memory().bytesPerRow()).isEqualTo(9 * 16 + 2 * 5 * 16);
    // Two sizes; the number of the iteration and the condition.
    assertThat(summary.memory().fixedBytes()).isEqualTo(16 + 8 + 1);
    assertThat(summary.operators())
        .isEqualTo(Map.of("Loop", 1, "MatMul", 2, "Exp", 2, "Add", 1, "Mul", 1, "Shape", 1));
    assertThat(summary.repetition()).contains(new Repetition(4, 5));
    // A product of a row with w outside, and five times inside.
    assertThat(summary.operationsPerRow()).isEqualTo(6 * 2 * 16);
  }

  @Test
  void saysThatNothingRepeatsWhereNothingDoes() throws IOException {
    HandmadeModel model = graph().node("Exp", List.of("x"), "y");
    assertThat(inspect(model.bytes()).repetition()).isEqualTo(Optional.empty());
  }

  static Stream<Arguments> hostile() {
    return Stream.of(
        fault(
            m -> m.times = new long[] {65_537},
            "Loop: [65537] is no number of times from 1 to 65536" + OF_THE_OPERATOR),
        fault(
            m -> m.times = new long[] {0},
            "Loop: [0] is no number of times from 1 to 65536" + OF_THE_OPERATOR),
        fault(
            m -> m.times = new long[] {Long.MAX_VALUE},
            "Loop: [9223372036854775807] is no number of times from 1 to 65536" + OF_THE_OPERATOR),
        fault(
            m -> m.times = new long[] {3, 3},
            "Loop: [3, 3] is no number of times from 1 to 65536" + OF_THE_OPERATOR),
        fault(
            m -> m.operands("sizes", "", "x"),
            "Loop: sizes INT64[2] is not an integer constant" + OF_THE_OPERATOR),
        fault(
            m -> m.operands("x", "", "x"),
            "Loop: x FLOAT32[*, 4] is not an integer constant" + OF_THE_OPERATOR),
        fault(
            m -> m.operands("times", "condition", "x"),
            "condition \"condition\", expected a number of times and no condition"),
        fault(m -> m.operands("times"), "1 inputs, expected a number of times and no condition"),
        fault(
            m -> m.operands("times", "", "gone"),
            "operand \"gone\", expected an input, a constant or the result of an earlier node"),
        fault(
            m -> m.body.getOutputBuilder(0).setName("more"),
            "the condition \"more\", returned by its body, expected the second input of the body"),
        fault(
            m -> m.body.clearOutput(),
            "a body without outputs, expected the second input of the" + " body"),
        fault(
            m -> m.body.setOutput(2, m.body.getOutput(1)),
            "a body that returns a value twice, expected each of its outputs once"),
        fault(
            m -> m.body.getOutputBuilder(1).setName("carried"),
            "\"carried\", returned by its body, expected FLOAT32[*, 4], computed there"),
        fault(
            m -> m.body.getOutputBuilder(1).setName("outer"),
            "\"outer\", returned by its body, expected FLOAT32[*, 4], computed there"),
        fault(
            m -> m.body.getOutputBuilder(1).setName("nowhere"),
            "\"nowhere\", returned by its body, expected FLOAT32[*, 4], computed there"),
        fault(
            m -> m.output(1, "double", 8).node("Concat", "double", HandmadeModel.whole("axis", 1)),
            "Loop: a body that returns [BOOL[], FLOAT32[*, 8], FLOAT32[*, 4]], not first [BOOL[],"
                + " FLOAT32[*, 4]]"
                + OF_THE_OPERATOR),
        fault(
            m -> m.output(1, "double", 4).node("Concat", "double", HandmadeModel.whole("axis", 1)),
            "\"double\", returned by its body, expected FLOAT32[*, 4], computed there"),
        fault(
            m -> m.body.removeOutput(2).removeOutput(1),
            "Loop: a body that returns [BOOL[]], not first [BOOL[], FLOAT32[*, 4]]"
                + OF_THE_OPERATOR),
        fault(
            m -> m.body.removeInput(2),
            "Loop: a body that reads [INT64[1], BOOL[]], not [INT64[1], BOOL[], FLOAT32[*, 4]]"
                + OF_THE_OPERATOR),
        fault(
            m -> m.body.clearInput(),
            "the condition \"go\", returned by its body, expected the"
                + " second input of the body"),
        fault(m -> m.results("z"), "1 results, expected 2 of Loop"),
        fault(m -> m.attributes.clear(), "0 attributes, expected a graph as its body and no other"),
        fault(
            m -> m.attributes.add(HandmadeModel.whole("times", 1)),
            "2 attributes, expected a graph as its body and no other"),
        fault(
            m -> m.attributes.set(0, HandmadeModel.whole("body", 1)),
            "1 attributes, expected a graph as its body and no other"),
        fault(m -> m.again = true, "a second Loop, expected one in a graph"));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void refuses(Consumer<Model> change, String expected) {
    Model model = new Model();
    change.accept(model);
    String node = model.again ? "Loop_again" : "Loop";
    assertRefused(model, "m.onnx node " + node + ": found " + expected);
  }

  static Stream<Arguments> faultsOfTheBody() {
    return Stream.of(
        fault(
            m -> m.node("Scan", "s"),
            " node Scan_s: found operator Scan, expected an operator that LogitFlow writes"),
        fault(
            m -> m.body.getNodeBuilder(0).setInput(0, "later"),
            " node MatMul_product: found operand \"later\", expected an input, a constant or the"
                + " result of an earlier node"),
        fault(
            m -> m.body.getNodeBuilder(0).setInput(0, "y"),
            " node MatMul_product: found operand \"y\", expected an input, a constant or the result"
                + " of an earlier node"),
        fault(
            m -> m.node("Exp", "outer"),
            " node Exp_outer: found the name \"outer\" for a value, expected a name that is not"
                + " taken, nor empty"),
        fault(
            m -> m.body.getInputBuilder(2).setName("x"),
            " input x: found the name \"x\" for a value, expected a name that is not taken, nor"
                + " empty"),
        fault(
            m -> m.last = "more",
            " node Exp_y: found operand \"more\", expected an input, a constant or the result of an"
                + " earlier node"),
        fault(
            m ->
                m.body
                    .addNodeBuilder()
                    .setOpType("Loop")
                    .addAllInput(List.of("times", "", "carried"))
                    .addAttribute(body(m.body.build())),
            ": found a graph inside the body of a loop, expected nodes of ONNX's own domain"),
        fault(
            m -> m.body.addInitializerBuilder().setName("inner"),
            ": found a constant in the body of a loop, expected all constants in the graph around"
                + " it"),
        fault(
            m -> m.body.getInputBuilder(2).getTypeBuilder().getTensorTypeBuilder().setElemType(8),
            " loop input carried: found no element type has the code 8, expected a tensor of a type"
                + " in use"),
        fault(
            m ->
                m.body
                    .getOutputBuilder(1)
                    .getTypeBuilder()
                    .getTensorTypeBuilder()
                    .getShapeBuilder()
                    .getDimBuilder(0)
                    .setDimParam("M"),
            " loop output more: found an axis of size \"M\", expected one name for the batch's size"
                + " everywhere"),
        fault(
            m -> IntStream.range(0, 12_000).forEach(i -> m.node("Exp", "n" + i)),
            ": found 12008 nodes, expected at most 12000"),
        fault(
            m -> {
              m.times = new long[] {65_536};
              IntStream.range(0, 61).forEach(i -> m.node("Exp", "n" + i));
            },
            " node Loop: found 65536 times 65 nodes, expected at most 4194304"),
        fault(
            m -> {
              m.times = new long[] {65_536};
              m.graph.integers("wide", 1L << 20, 1);
              m.body
                  .addNodeBuilder()
                  .setOpType("Expand")
                  .setName("Expand")
                  .addAllInput(List.of("c", "wide"))
                  .addOutput("wider");
            },
            " node Loop: found 65536 times 4194393 bytes of a row, expected at most 17179869184"
                + " together"));
  }

  @ParameterizedTest
  @MethodSource("faultsOfTheBody")
  void refusesABody(Consumer<Model> change, String expected) {
    Model model = new Model();
    change.accept(model);
    assertRefused(model, "m.onnx" + expected);
  }

  @Test
  void refusesWhatIsStackedIntoTooMuch() {
    Model model = new Model();
    model.times = new long[] {40_000};
    model.graph.integers("wide", 1, 500).floats("column", List.of(4L, 1L), new float[4]);
    model.output(2, "wider", 500);
    model
        .body
        .addNodeBuilder()
        .setOpType("MatMul")
        .addAllInput(List.of("carried", "column"))
        .addOutput("first");
    model
        .body
        .addNodeBuilder()
        .setOpType("Expand")
        .setName("Expand")
        .addAllInput(List.of("first", "wide"))
        .addOutput("wider");
    assertRefused(
        model,
        "m.onnx node Loop: found a value FLOAT32[40000, *, 500], which with those before it takes"
            + " more than 67108864 bytes, expected fewer for a row");
  }

  @Test
  void refusesAGraphAsAnyOtherAttribute() {
    AttributeProto hidden =
        HandmadeModel.whole("to", 1).toBuilder().setG(GraphProto.getDefaultInstance()).build();
    HandmadeModel model =
        graph().node("Cast", List.of("x"), "z", hidden).node("Exp", List.of("z"), "y");
    assertThatThrownBy(() -> inspect(model.bytes()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("m.onnx node Cast_z: found attribute to is a graph" + OF_THE_OPERATOR);
  }

  private static HandmadeModel graph() {
    return new HandmadeModel()
        .input("x", DataType.FLOAT, -1, 4)
        .output("y", DataType.FLOAT, -1, 4)
        .floats("c", List.of(1L), 1)
        .floats("w", List.of(4L, 4L), new float[16]);
  }

  private static Operand rows(String name) {
    return Operand.of(name, new TensorType(ElementType.FLOAT32, Shape.of(Shape.BATCH, 4)));
  }

  private static AttributeProto body(GraphProto graph) {
    return AttributeProto.newBuilder()
        .setName("body")
        .setType(AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  private static Arguments fault(Consumer<Model> change, String expected) {
    return Arguments.of(change, expected);
  }

  private static void assertRefused(Model model, String message) {
    assertThatThrownBy(model::inspect)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  private static GraphSummary inspect(byte[] model) throws IOException {
    return ModelInspection.inspect("m.onnx", new ByteArrayInputStream(model), INPUTS, OUTPUTS);
  }

  /** A model with a loop that is carried once through, in parts that may be changed. */
  private static final class Model {
    private final HandmadeModel graph = graph();
    private final GraphProto.Builder body =
        new HandmadeModel()
            .input("iteration", DataType.INT64, 1)
            .input("go", DataType.BOOL)
            .input("carried", DataType.FLOAT, -1, 4)
            .output("go", DataType.BOOL)
            .output("more", DataType.FLOAT, -1, 4)
            .output("kept", DataType.FLOAT, -1, 4)
            .node("MatMul", List.of("carried", "w"), "product")
            .node("Add", List.of("product", "outer"), "sum")
            .node("Exp", List.of("sum"), "more")
            .node("Mul", List.of("product", "product"), "kept")
            .graph();
    private final List<AttributeProto> attributes = new ArrayList<>();
    private List<String> operands = List.of("times", "", "x");
    private List<String> results = List.of("z", "stacked");
    private long[] times = {5};
    private String last = "z";
    private boolean again;

    Model() {
      attributes.add(AttributeProto.getDefaultInstance());
    }

    void operands(String... names) {
      operands = List.of(names);
    }

    void results(String... names) {
      results = List.of(names);
    }

    /** Makes another value what the body returns. */
    Model output(int index, String name, long width) {
      body.getOutputBuilder(index)
          .setName(name)
          .getTypeBuilder()
          .getTensorTypeBuilder()
          .getShapeBuilder()
          .getDimBuilder(1)
          .setDimValue(width);
      return this;
    }

    /** Adds a node to the body that reads the product. */
    void node(String operator, String result, AttributeProto... more) {
      body.addNodeBuilder()
          .setName(operator + "_" + result)
          .setOpType(operator)
          .addAllInput(Collections.nCopies(operator.equals("Concat") ? 2 : 1, "product"))
          .addOutput(result)
          .addAllAttribute(Arrays.asList(more));
    }

    GraphSummary inspect() throws IOException {
      graph
          .integers("times", times)
          .node("MatMul", List.of("x", "w"), "outer")
          .node("Shape", List.of("x"), "sizes");
      if (!attributes.isEmpty() && attributes.get(0).getName().isEmpty()) {
        attributes.set(0, body(body.build()));
      }
      NodeProto.Builder loop =
          graph
              .graph()
              .addNodeBuilder()
              .setName("Loop")
              .setOpType("Loop")
              .addAllInput(operands)
              .addAllOutput(results)
              .addAllAttribute(attributes);
      if (again) {
        graph.graph().addNode(loop.clone().setName("Loop_again").clearOutput());
      }
      graph.node("Exp", List.of(last), "y");
      return LoopInspectionTest.inspect(graph.bytes());
    }
  }
}
