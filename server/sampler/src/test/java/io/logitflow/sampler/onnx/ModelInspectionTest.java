package io.logitflow.sampler.onnx;

import static io.logitflow.sampler.HandmadeModel.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.HandmadeModel;
import io.logitflow.sampler.onnx.schema.AttributeProto;
import io.logitflow.sampler.onnx.schema.AttributeProto.AttributeType;
import io.logitflow.sampler.onnx.schema.NodeProto;
import io.logitflow.sampler.onnx.schema.TensorProto.DataType;
import io.logitflow.sampler.onnx.schema.TensorShapeProto.Dimension;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ModelInspectionTest {
  private static final List<Operand> INPUTS =
      List.of(Operand.of("x", new TensorType(ElementType.FLOAT32, Shape.of(Shape.BATCH, 4))));
  private static final List<Operand> OUTPUTS =
      List.of(Operand.of("y", new TensorType(ElementType.FLOAT32, Shape.of(Shape.BATCH, 4))));

  @Test
  void takesAModelAndMeasuresIt() throws IOException {
    HandmadeModel model =
        open()
            .integers("wide", 1, 1_000)
            .node("Expand", List.of("c", "wide"), "fixed")
            .node("Mul", List.of("x", "c"), "scaled");

    // x, scaled and y take four floats a row each; fixed does not depend on the batch.
    assertThat(inspect(close(model).bytes()).memory()).isEqualTo(new RunMemory(4_000, 48));
  }

  /** ONNX Runtime computes binary16 in binary32 on the CPU, and then holds both. */
  @Test
  void countsBinary16AsBinary32AsWell() throws IOException {
    HandmadeModel model =
        open()
            .constant("half", DataType.FLOAT16, List.of(4L, 2L), ByteString.copyFrom(new byte[16]))
            .node("Cast", List.of("x"), "halves", whole("to", DataType.FLOAT16_VALUE))
            .node("MatMul", List.of("halves", "half"), "product");

    RunMemory memory = inspect(close(model).bytes()).memory();

    // The constant's copy; x and y, then 4 and 2 elements a row of 2 bytes and of 4.
    assertThat(memory).isEqualTo(new RunMemory(32, 32 + (4 + 2) * 6));
  }

  @Test
  void countsTheSumsOfBytes() throws IOException {
    HandmadeModel model =
        open()
            .floats("scale", List.of(), 0.5f)
            .constant("zero", DataType.UINT8, List.of(), ByteString.copyFrom(new byte[1]))
            .constant("bytes", DataType.INT8, List.of(4L, 3L), ByteString.copyFrom(new byte[12]))
            .node("QuantizeLinear", List.of("x", "scale", "zero"), "q")
            .node("MatMulInteger", List.of("q", "bytes", "zero"), "product");

    GraphSummary summary = inspect(close(model).bytes());

    assertThat(summary.memory()).isEqualTo(new RunMemory(0, 32 + 4 + 3 * 4));
    assertThat(summary.operationsPerRow()).isEqualTo(2 * 4 * 3);
  }

  @Test
  void takesEveryVersionThatItSaysItReads() throws IOException {
    for (int opset = 17; opset <= 21; opset++) {
      HandmadeModel model = close(open());
      model
          .model()
          .setIrVersion(Math.min(10, opset - 9))
          .getOpsetImportBuilder(0)
          .setVersion(opset);
      assertThat(inspect(model.bytes()).memory().bytesPerRow()).isEqualTo(32);
    }
  }

  static Stream<Arguments> faultsOfTheModel() {
    return Stream.of(
        fault(m -> m.model().setIrVersion(11), " ir_version: found 11, expected 8 to 10"),
        fault(
            m -> m.model().getOpsetImportBuilder(0).setVersion(22),
            " opset_import: found 22, expected 17 to 21"),
        fault(
            m -> m.model().addOpsetImportBuilder().setDomain("com.microsoft").setVersion(1),
            " opset_import: found 2 operator sets, of [\"\", \"com.microsoft\"], expected one, of"
                + " ONNX's own domain"),
        fault(
            m -> m.model().clearOpsetImport(),
            " opset_import: found 0 operator sets, of [], expected one, of ONNX's own domain"),
        fault(
            m -> unknown(m.model(), 25),
            ": found field 25 (functions) in ModelProto, expected the fields of ONNX that"
                + " LogitFlow writes"),
        fault(
            m -> unknown(m.model(), 20),
            ": found field 20 (training_info) in ModelProto, expected the fields of ONNX that"
                + " LogitFlow writes"),
        fault(
            m -> unknown(m.graph(), 15),
            ": found field 15 (sparse_initializer) in GraphProto, expected the fields of ONNX that"
                + " LogitFlow writes"),
        fault(
            m -> unknown(m.graph().getNodeBuilder(0).addAttributeBuilder(), 6),
            refused("Exp_y", "attribute  is a graph")),
        fault(
            m -> unknown(m.graph().getNodeBuilder(0), 99),
            ": found field 99 in NodeProto, expected the fields of ONNX that LogitFlow writes"),
        fault(
            m -> m.graph().setInput(0, m.graph().getOutput(0)),
            " inputs: found y FLOAT32[*, 4], expected x FLOAT32[*, 4], as the manifest says"),
        fault(
            m -> m.graph().clearOutput(),
            " outputs: found none, expected y FLOAT32[*, 4], as the manifest says"),
        fault(
            m -> dimension(m, 1).setDimValue(-1),
            " input x: found an axis of size -1, expected at least 1"),
        fault(
            m -> dimension(m, 1).setDimParam("M"),
            " input x: found an axis of size \"M\", expected one name for the batch's size"
                + " everywhere"),
        fault(
            m ->
                m.graph().getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setElemType(8),
            " input x: found no element type has the code 8, expected a tensor of a type in use"));
  }

  static Stream<Arguments> faultsOfConstants() {
    return Stream.of(
        fault(
            m ->
                m.graph()
                    .getInitializerBuilder(0)
                    .clearRawData()
                    .setDataLocation(1)
                    .addExternalDataBuilder()
                    .setKey("location")
                    .setValue("../../secret\nkey"),
            " constant c: found external data in ../../secret?key, expected elements in the model's"
                + " own file"),
        fault(
            m -> m.graph().getInitializerBuilder(0).setDataLocation(7),
            " constant c: found external data, expected elements in the model's own file"),
        fault(
            m -> m.graph().getInitializerBuilder(0).clearRawData(),
            " constant c: found no raw_data, expected 4, as FLOAT32[1] takes"),
        fault(
            m -> m.graph().getInitializerBuilder(0).setRawData(ByteString.copyFrom(new byte[8])),
            " constant c: found 8 bytes, expected 4, as FLOAT32[1] takes"),
        fault(
            m -> m.graph().getInitializerBuilder(0).setRawData(ByteString.copyFrom(new byte[8000])),
            " constant c: found 8000 bytes, expected 4, as FLOAT32[1] takes"),
        fault(
            m -> m.graph().getInitializerBuilder(0).addDims(1L << 40),
            " constant c: found 4 bytes, expected 4398046511104, as FLOAT32[1, 1099511627776]"
                + " takes"),
        fault(
            m -> m.graph().getInitializerBuilder(0).addDims(1L << 62).addDims(4),
            " constant c: found FLOAT32[1, 4611686018427387904, 4], expected a shape whose elements"
                + " can be counted in 64 bits"),
        fault(
            m -> m.graph().getInitializerBuilder(0).addDims(-1),
            " constant c: found an axis of size -1, expected at least 1"),
        fault(
            m -> m.graph().getInitializerBuilder(0).addDims(0),
            " constant c: found an axis of size 0, expected at least 1"),
        fault(
            m ->
                m.graph()
                    .getInitializerBuilder(0)
                    .addAllDims(List.of(1L, 1L, 1L, 1L, 1L, 1L, 1L, 1L)),
            " constant c: found 9 axes, expected at most 8"),
        fault(
            m -> m.graph().getInitializerBuilder(0).setDataType(8),
            " constant c: found elements of type 8, expected a type of numbers in use"),
        fault(
            m -> m.constant("b", DataType.BOOL, List.of(1L), ByteString.copyFrom(new byte[] {2})),
            " constant b: found elements of type 9, expected a type of numbers in use"),
        fault(
            m -> m.floats("x", List.of(1L), 1),
            " input x: found the name \"x\" for a value, expected a name that is not taken, nor"
                + " empty"),
        fault(
            m -> m.floats("", List.of(1L), 1),
            " constant : found the name \"\" for a value, expected a name that is not taken, nor"
                + " empty"));
  }

  static Stream<Arguments> faultsOfNodes() {
    return Stream.of(
        fault(
            m -> m.node("Scan", List.of("x"), "z"),
            " node Scan_z: found operator Scan, expected an operator that LogitFlow writes"),
        fault(
            m -> m.node("Exp", List.of("x"), "z").graph().getNodeBuilder(1).setDomain("ai.onnx.ml"),
            " node Exp_z: found Exp of domain ai.onnx.ml, expected an operator of ONNX's own"
                + " domain"),
        fault(
            m -> m.node("Exp", List.of("later"), "z").graph().getNodeBuilder(1).clearName(),
            " node 1: found operand \"later\", expected an input, a constant or the result of an"
                + " earlier node"),
        fault(
            m -> m.node("Exp", List.of("z"), "z"),
            " node Exp_z: found operand \"z\", expected an input, a constant or the result of an"
                + " earlier node"),
        fault(
            m -> m.node("Clip", List.of("x", "", "c"), "z"),
            " node Clip_z: found operand \"\", expected an input, a constant or the result of an"
                + " earlier node"),
        fault(
            m -> m.node("Exp", List.of("x"), "y"),
            " node Exp_y: found the name \"y\" for a value, expected a name that is not taken, nor"
                + " empty"),
        fault(
            m -> m.node("Exp", List.of("x"), "z").graph().getNodeBuilder(1).addOutput("zz"),
            " node Exp_z: found 2 results, expected 1 of Exp"),
        fault(
            m -> m.node("Exp", List.of("x", "x"), "z"),
            refused("Exp_z", "Exp: 2 inputs, expected 1")),
        fault(
            m -> m.node("Exp", List.of("x"), "z", whole("axis", 1)),
            refused("Exp_z", "Exp: attribute axis is unknown")),
        fault(
            m -> m.node("Cast", List.of("x"), "z", whole("to", 1), whole("to", 6)),
            refused("Cast_z", "attribute to twice")),
        fault(
            m ->
                m.node(
                    "Cast",
                    List.of("x"),
                    "z",
                    AttributeProto.newBuilder().setName("to").setType(AttributeType.INT).build()),
            refused("Cast_z", "attribute to of type INT without a value in use")),
        fault(
            m -> m.node("Cast", List.of("x"), "z", whole("to", 8)),
            refused("Cast_z", "Cast: no element type has the code 8")),
        fault(
            m -> m.integers("i", 1).integers("j", 0).node("Div", List.of("i", "j"), "z"),
            refused("Div_z", "Div: input i INT64[1] is not FLOAT32")),
        fault(
            m -> m.node("Reshape", List.of("x", "x"), "z"),
            refused("Reshape_z", "Reshape: input x FLOAT32[*, 4] is not INT64")),
        fault(
            m -> m.integers("s", -1, 8).node("Reshape", List.of("x", "s"), "z"),
            refused("Reshape_z", "Reshape: x FLOAT32[*, 4] does not reshape to [*, 8]")),
        fault(
            m -> m.integers("s", -1, 4).node("Expand", List.of("c", "s"), "z"),
            refused("Expand_z", "Expand: s INT64[2] is no shape to expand to")),
        fault(
            m ->
                m.node("Shape", List.of("x"), "s")
                    .node("ReduceSum", List.of("x", "s"), "z", whole("keepdims", 1)),
            refused("ReduceSum_z", "ReduceSum: s INT64[2] is not an integer constant")),
        fault(
            m ->
                m.integers("a", 1, 1)
                    .node("ReduceSum", List.of("x", "a"), "z", whole("keepdims", 1)),
            refused("ReduceSum_z", "ReduceSum: axes [1, 1] are not distinct")),
        fault(
            m -> m.node("MatMulInteger", List.of("x", "c", "c"), "z"),
            refused("MatMulInteger_z", "MatMulInteger: input x FLOAT32[*, 4] is not UINT8")),
        fault(
            m -> m.node("QuantizeLinear", List.of("x", "c", "c"), "z"),
            refused("QuantizeLinear_z", "QuantizeLinear: input c FLOAT32[1] is not UINT8")),
        fault(
            m ->
                m.constant("b", DataType.UINT8, List.of(1L), ByteString.copyFrom(new byte[1]))
                    .node("QuantizeLinear", List.of("x", "c", "b"), "z"),
            refused("QuantizeLinear_z", "QuantizeLinear: input c FLOAT32[1] is not of rank 0")),
        fault(
            m ->
                m.constant("h", DataType.FLOAT16, List.of(4L, 1L), ByteString.copyFrom(new byte[8]))
                    .node("MatMul", List.of("x", "h"), "z"),
            refused("MatMul_z", "MatMul: input h FLOAT16[4, 1] is not FLOAT32")),
        fault(
            m -> m.integers("p", 5, -1).node("Split", List.of("x", "p"), "z", whole("axis", 1)),
            refused("Split_z", "Split: x FLOAT32[*, 4] does not split into [5, -1]")),
        fault(
            m ->
                m.integers("p", Long.MAX_VALUE, 5)
                    .node("Split", List.of("x", "p"), "z", whole("axis", 1)),
            refused("Split_z", "long overflow")),
        fault(
            m ->
                m.integers("from", 0, 0)
                    .integers("to", 2, 2)
                    .integers("axes", 1, 1)
                    .node("Slice", List.of("x", "from", "to", "axes"), "z"),
            refused("Slice_z", "Slice: axes [1, 1] are not distinct")),
        fault(
            m -> m.graph().clearNode(),
            " output y: found no node that computes it, expected FLOAT32[*, 4], as it is declared"),
        fault(
            m -> m.graph().getNodeBuilder(0).setInput(0, "c"),
            " output y: found FLOAT32[1], expected FLOAT32[*, 4], as it is declared"));
  }

  static Stream<Arguments> faultsOfOperands() {
    return Stream.of(
        // ONNX Runtime would divide by zero, which ends the process.
        fault(
            m ->
                m.constant("i", DataType.INT32, List.of(1L), ByteString.copyFrom(new byte[4]))
                    .node("Div", List.of("i", "i"), "z"),
            refused("Div_z", "Div: input i INT32[1] is not FLOAT32")),
        fault(
            m -> m.integers("k", 5).node("TopK", List.of("x", "k"), "z", whole("axis", 1)),
            refused(
                "TopK_z", "TopK: [5] is no number of elements of x FLOAT32[*, 4] along axis 1")),
        fault(
            m ->
                m.floats("w", List.of(4L, 1L), 1, 2, 3, 4)
                    .floats("b", List.of(2L), 1, 2)
                    .node("Gemm", List.of("x", "w", "b"), "z"),
            refused("Gemm_z", "Gemm: b FLOAT32[2] does not broadcast to [*, 1]")),
        fault(
            m ->
                m.node("Cast", List.of("x"), "i", whole("to", DataType.INT32_VALUE))
                    .node("Concat", List.of("x", "i"), "z", whole("axis", 1)),
            refused("Concat_z", "Concat: input i INT32[*, 4] is not FLOAT32")),
        fault(
            m ->
                m.constant("i", DataType.INT32, List.of(3L, 2L), ByteString.copyFrom(new byte[24]))
                    .node("GatherElements", List.of("x", "i"), "z", whole("axis", 1)),
            refused(
                "GatherElements_z",
                "GatherElements: i INT32[3, 2] does not index x FLOAT32[*, 4]")),
        fault(
            m ->
                m.floats("six", List.of(6L), 1, 2, 3, 4, 5, 6)
                    .integers("s", 3)
                    .node("Reshape", List.of("six", "s"), "z"),
            refused("Reshape_z", "Reshape: six FLOAT32[6] does not reshape to [3]")));
  }

  static Stream<Arguments> faultsOfSize() {
    return Stream.of(
        fault(
            m -> m.integers("s", 1L << 40, 1).node("Expand", List.of("c", "s"), "z"),
            " node Expand_z: found a value FLOAT32[1099511627776, 1], which with those before it"
                + " takes more than "
                + ModelBounds.LARGEST_FIXED
                + " bytes, expected fewer beside the constants"),
        fault(
            m -> m.integers("s", 1L << 62, 1L << 62).node("Expand", List.of("c", "s"), "z"),
            " node Expand_z: found a value FLOAT32[4611686018427387904, 4611686018427387904], which"
                + " with those before it takes more than "
                + ModelBounds.LARGEST_FIXED
                + " bytes, expected fewer beside the constants"),
        fault(
            m ->
                m.integers("s", 3L << 25)
                    .node("Expand", List.of("c", "s"), "one")
                    .node("Expand", List.of("c", "s"), "two")
                    .node("Expand", List.of("c", "s"), "z"),
            " node Expand_z: found a value FLOAT32[100663296], which with those before it takes"
                + " more than "
                + ModelBounds.LARGEST_FIXED
                + " bytes, expected fewer beside the constants"),
        fault(
            m -> m.integers("s", 1L << 25, 1, 1).node("Expand", List.of("x", "s"), "z"),
            " node Expand_z: found a value FLOAT32[33554432, *, 4], which with those before it takes"
                + " more than 67108864 bytes, expected fewer for a row"),
        fault(
            m -> doubling(m, 22),
            " node Concat_x22: found a value FLOAT32[*, 16777216], which with those before it takes"
                + " more than 67108864 bytes, expected fewer for a row"),
        fault(
            m ->
                m.integers("row", -1)
                    .integers("column", 0)
                    .node("ReduceMax", List.of("x"), "r", axes(1), whole("keepdims", 0))
                    .node("Add", List.of("r", "x"), "z"),
            refused("Add_z", "Add: [*] and [*, 4] do not broadcast")),
        fault(
            m ->
                m.node("ReduceMax", List.of("x"), "r", axes(1), whole("keepdims", 0))
                    .node("ReduceMax", List.of("x"), "k", axes(1), whole("keepdims", 1))
                    .node("Add", List.of("r", "k"), "z"),
            " node Add_z: found a value FLOAT32[*, *], expected one axis of the batch at most"),
        fault(
            m -> m.integers("s", 1, 1, 1, 1, 1, 1, 1, 1, 1).node("Expand", List.of("x", "s"), "z"),
            " node Expand_z: found a value of 9 axes, expected at most 8"),
        fault(
            m -> IntStream.range(0, 12_000).forEach(i -> m.node("Exp", List.of("x"), "n" + i)),
            ": found 12001 nodes, expected at most 12000"),
        fault(
            m ->
                IntStream.range(0, 1 << 20)
                    .forEach(i -> m.graph().addNode(NodeProto.getDefaultInstance())),
            ": found more than 1048576 fields, expected a graph of fewer and larger ones"),
        fault(
            m -> m.graph().setDocString("x".repeat(1 << 24)),
            ": found more than 16777216 bytes beside constants, expected fewer"),
        fault(
            ModelInspectionTest::manySmallConstants,
            ": found more than 16777216 bytes beside constants, expected fewer"),
        fault(
            m ->
                m.graph()
                    .getNodeBuilder(0)
                    .addAttributeBuilder()
                    .setType(AttributeType.INTS)
                    .addAllInts(Collections.nCopies(1 << 20, 0L)),
            ": found more than 1048576 fields, expected a graph of fewer and larger ones"));
  }

  @ParameterizedTest
  @MethodSource({
    "faultsOfTheModel",
    "faultsOfConstants",
    "faultsOfNodes",
    "faultsOfOperands",
    "faultsOfSize"
  })
  void refuses(Consumer<HandmadeModel> change, String expected) {
    HandmadeModel model = close(open());
    change.accept(model);
    assertRefused(model.bytes(), "m.onnx" + expected);
  }

  @Test
  void refusesAnOperatorWhoseLaterDefinitionIsAnother() {
    HandmadeModel model =
        close(open()).node("ReduceMax", List.of("x"), "r", axes(1), whole("keepdims", 0));
    model.model().getOpsetImportBuilder(0).setVersion(18);
    assertRefused(
        model.bytes(),
        "m.onnx node ReduceMax_r: found ReduceMax of operator set 18, expected a version of the set"
            + " in which it is defined as in 17");
  }

  @Test
  void refusesEveryPartOfAModel() throws IOException {
    byte[] whole = close(open()).bytes();
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> inspect(part))
          .as("%s bytes", length)
          .isInstanceOf(InvalidInputException.class);
    }
    assertThat(inspect(whole).memory().bytesPerRow()).isEqualTo(32);
  }

  @Test
  void refusesWhatIsNoMessage() {
    assertRefused(
        "no model".getBytes(StandardCharsets.UTF_8),
        "m.onnx: found field 13 in ModelProto, expected the fields of ONNX that LogitFlow writes");
    assertRefused(
        new byte[] {0x3a, 0x7f}, "m.onnx: found bytes that are no message, expected an ONNX model");
  }

  private static HandmadeModel open() {
    return new HandmadeModel()
        .input("x", DataType.FLOAT, -1, 4)
        .output("y", DataType.FLOAT, -1, 4)
        .floats("c", List.of(1L), 1);
  }

  private static HandmadeModel close(HandmadeModel model) {
    return model.node("Exp", List.of("x"), "y");
  }

  /** Adds as many constants whose elements are kept as take the bound together. */
  private static void manySmallConstants(HandmadeModel model) {
    ByteString elements = ByteString.copyFrom(new byte[ModelBounds.LARGEST_READ_CONSTANT]);
    List<Long> sizes = List.of((long) elements.size());
    for (int i = 0; i < ModelBounds.LARGEST_STRUCTURE / elements.size(); i++) {
      model.constant("k" + i, DataType.UINT8, sizes, elements);
    }
  }

  private static void doubling(HandmadeModel model, int times) {
    for (int i = 0; i < times; i++) {
      String operand = i == 0 ? "x" : "x" + i;
      model.node("Concat", List.of(operand, operand), "x" + (i + 1), whole("axis", 1));
    }
  }

  private static AttributeProto axes(long... axes) {
    return AttributeProto.newBuilder()
        .setName("axes")
        .setType(AttributeType.INTS)
        .addAllInts(Arrays.stream(axes).boxed().toList())
        .build();
  }

  private static Dimension.Builder dimension(HandmadeModel model, int axis) {
    return model
        .graph()
        .getInputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilder(axis);
  }

  private static void unknown(Message.Builder message, int number) {
    Field field = Field.newBuilder().addLengthDelimited(ByteString.EMPTY).build();
    message.setUnknownFields(UnknownFieldSet.newBuilder().addField(number, field).build());
  }

  private static String refused(String node, String found) {
    return " node "
        + node
        + ": found "
        + found
        + ", expected operands and attributes that the operator takes";
  }

  private static Arguments fault(Consumer<HandmadeModel> change, String expected) {
    return Arguments.of(change, expected);
  }

  private static void assertRefused(byte[] model, String message) {
    assertThatThrownBy(() -> inspect(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  private static GraphSummary inspect(byte[] model) throws IOException {
    return ModelInspection.inspect("m.onnx", new ByteArrayInputStream(model), INPUTS, OUTPUTS);
  }
}
