package io.logitflow.exporter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.sampler.onnx.Attribute.Whole;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;
import io.logitflow.sampler.onnx.schema.ModelProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class GraphBuilderTest {
  private final GraphBuilder graph = new GraphBuilder("test", "B");
  private final Value x = graph.input("x", ElementType.FLOAT32, Shape.BATCH, 3);

  @Test
  void refusesAWrongNumberOfInputs() {
    refuses(() -> graph.apply(Operator.EXP, x, x), "Exp: 2 inputs, expected 1");
    refuses(() -> graph.apply(Operator.GEMM, x), "Gemm: 1 inputs, expected 2 to 3");
    refuses(
        () -> graph.apply(Operator.CONCAT, Map.of("axis", new Whole(1))),
        "Concat: 0 inputs, expected 1 or more");
  }

  @Test
  void refusesAttributesThatTheOperatorHasNot() {
    refuses(
        () -> graph.apply(Operator.LEAKY_RELU, x),
        "LeakyRelu: attribute alpha is missing, expected Real");
    refuses(
        () -> graph.apply(Operator.LEAKY_RELU, Map.of("alpha", new Whole(1)), x),
        "LeakyRelu: attribute alpha is Whole[value=1], expected Real");
    refuses(
        () -> graph.apply(Operator.EXP, Map.of("axis", new Whole(1)), x),
        "Exp: attribute axis is unknown");
  }

  @Test
  void refusesShapesThatDoNotGoTogether() {
    Value weights = graph.constant("w", Shape.of(2, 2), 1, 2, 3, 4);
    refuses(
        () -> graph.apply(Operator.MATMUL, x, weights),
        "MatMul: x FLOAT32[*, 3] times w FLOAT32[2, 2] has no product");
    refuses(() -> graph.apply(Operator.ADD, x, weights), "Add: [*, 3] and [2, 2] do not broadcast");
    refuses(
        () -> graph.apply(Operator.RESHAPE, x, graph.integers("shape", -1, 2)),
        "Reshape: x FLOAT32[*, 3] does not reshape to [*, 2]");
    refuses(
        () -> graph.applyAll(Operator.SPLIT, Map.of("axis", new Whole(1)), x, ints(1, 1)),
        "Split: x FLOAT32[*, 3] does not split into [1, 1]");
    refuses(
        () -> graph.apply(Operator.SLICE, x, ints(0), ints(4), ints(1)),
        "Slice: 0 to 4 along axis 1 of x FLOAT32[*, 3]");
    refuses(
        () -> graph.apply(Operator.CONCAT, Map.of("axis", new Whole(0)), x, x),
        "Concat: axis 0 of x FLOAT32[*, 3] is the batch");
    refuses(
        () -> graph.apply(Operator.CONCAT, Map.of("axis", new Whole(2)), x, x),
        "Concat: axis 2 of x FLOAT32[*, 3]");
  }

  @Test
  void refusesElementTypesThatDoNotGoTogether() {
    Value truth = graph.apply(Operator.LESS, x, x);
    refuses(
        () -> graph.apply(Operator.MUL, x, truth),
        "Mul: input " + truth.name() + " BOOL[*, 3] is not FLOAT32");
    refuses(() -> graph.apply(Operator.WHERE, x, x, x), "Where: input x FLOAT32[*, 3] is not BOOL");
    refuses(
        () -> graph.apply(Operator.CAST, Map.of("to", new Whole(8)), x),
        "Cast: no element type has the code 8");
    refuses(
        () -> graph.apply(Operator.RESHAPE, x, x), "Reshape: input x FLOAT32[*, 3] is not INT64");
  }

  @Test
  void refusesValuesOfAnotherGraph() {
    Value other = new GraphBuilder("other", "B").input("y", ElementType.FLOAT32, 3);
    refuses(
        () -> graph.apply(Operator.ADD, x, other),
        "y FLOAT32[3] belongs to another graph than test");
  }

  @Test
  void storesAConstantOnceByItsName() {
    Value first = graph.constant("c", Shape.of(2), 1, 2);
    assertThat(graph.constant("c", Shape.of(2), 1, 2)).isSameAs(first);
    refuses(
        () -> graph.constant("c", Shape.of(2), 1, 3), "constant c is there with other contents");
    refuses(
        () -> graph.constant("c", Shape.of(1, 2), 1, 2), "constant c is there with other contents");
    refuses(
        () -> graph.constant("d", Shape.of(3), 1, 2),
        "constant d: 8 bytes do not make a FLOAT32[3]");
    refuses(() -> graph.constant("x", Shape.of(1), 1), "value 'x' is there already, or unnamed");
  }

  @Test
  void readsTheElementsOfAConstantOnce() {
    AtomicInteger reads = new AtomicInteger();
    Supplier<float[]> elements =
        () -> {
          reads.incrementAndGet();
          return new float[] {1, 2};
        };
    Value first = graph.constant("c", Shape.of(2), elements);
    assertThat(graph.constant("c", Shape.of(2), elements)).isSameAs(first);
    assertThat(graph.constant("c", Shape.of(2), 1, 2)).isSameAs(first);
    assertThat(reads).hasValue(1);
    refuses(
        () -> graph.constant("c", Shape.of(1, 2), elements),
        "constant c is there as FLOAT32[2], not as FLOAT32[1, 2]");
    refuses(
        () -> graph.constant("d", Shape.of(3), elements),
        "constant d: 8 bytes do not make a FLOAT32[3]");
  }

  @Test
  void refusesOutputsThatAreUsedOrAreNoResults() {
    Value exponential = graph.apply(Operator.EXP, x);
    Value sum = graph.apply(Operator.ADD, exponential, x);
    refuses(
        () -> graph.output("e", exponential),
        "output e: " + exponential.name() + " FLOAT32[*, 3] is used inside");
    refuses(() -> graph.output("x2", x), "output x2: x FLOAT32[*, 3] is used inside");
    graph.output("sum", sum);
    refuses(
        () -> graph.output("again", sum),
        "output again: " + sum.name() + " FLOAT32[*, 3] is no result of an operator that is left");
    refuses(
        () -> graph.apply(Operator.EXP, sum),
        "Exp: " + sum.name() + " FLOAT32[*, 3] is an output already, or inside a loop");
  }

  @Test
  void carriesAndStacksWhatALoopComputes() {
    Value half = graph.apply(Operator.MUL, x, graph.constant("half", Shape.of(), 0.5f));
    LoopBody.Results results =
        graph.loop(
            4,
            List.of(half, x),
            (iteration, carried) -> {
              Value sum = graph.apply(Operator.ADD, carried.get(0), half);
              Value product =
                  graph.apply(Operator.MUL, carried.get(1), graph.constant("two", Shape.of(), 2));
              Value kept = graph.apply(Operator.SUB, product, sum);
              return new LoopBody.Results(List.of(sum, product), List.of(kept));
            });
    assertThat(results.carried()).extracting(Value::shape).containsOnly(Shape.of(-1, 3));
    assertThat(results.stacked()).extracting(Value::shape).containsExactly(Shape.of(4, -1, 3));
    graph.output("sum", results.carried().get(0));
    graph.output("product", results.carried().get(1));
    graph.output("kept", results.stacked().get(0));
    OnnxGraph built = graph.build("1", new TreeMap<>());
    assertThat(built.nodeCount()).isEqualTo(5);
    GraphRun run = GraphRun.of(built, Map.of("x", new float[] {1, 2, 3}));
    assertThat(run.floats("sum")).containsExactly(2.5f, 5, 7.5f);
    assertThat(run.floats("product")).containsExactly(16, 32, 48);
    assertThat(run.floats("kept"))
        .containsExactly(1, 2, 3, 2.5f, 5, 7.5f, 6, 12, 18, 13.5f, 27, 40.5f);
  }

  @Test
  void refusesALoopThatDoesNotComputeWhatItReturns() {
    String notComputed = " FLOAT32[*, 3] is not computed in the body, or returned twice";
    refusesLoop((g, carried) -> carried, "Loop: loop.input2" + notComputed);
    refusesLoop(
        (g, carried) -> g.constant("c", Shape.of(1), 1),
        "Loop: c FLOAT32[1] is not computed in the body, or returned twice");
    refusesLoop(
        (g, carried) -> g.apply(Operator.LESS, carried, carried),
        "Loop: a body that returns [BOOL[], BOOL[*, 3]], not first [BOOL[], FLOAT32[*, 3]]");
    refusesLoop(
        (g, carried) -> loop(g, carried, inner -> g.apply(Operator.EXP, inner)),
        "value 'loop.input0' is there already, or unnamed");
    refuses(
        () ->
            graph.loop(
                1,
                List.of(x),
                (iteration, carried) -> {
                  Value result = graph.apply(Operator.EXP, carried.get(0));
                  return new LoopBody.Results(List.of(result), List.of(result));
                }),
        "Loop: Exp_0" + notComputed);
  }

  @Test
  void keepsWhatIsInsideALoopFromTheRest() {
    List<Value> inside = new ArrayList<>();
    Value carriedOut =
        loop(
            graph,
            x,
            carried -> {
              inside.add(carried);
              inside.add(graph.apply(Operator.EXP, carried));
              return inside.get(1);
            });
    for (Value value : inside) {
      refuses(
          () -> graph.apply(Operator.EXP, value),
          "Exp: " + value.name() + " FLOAT32[*, 3] is an output already, or inside a loop");
    }
    refuses(
        () -> graph.output("e", inside.get(1)),
        "output e: Exp_0 FLOAT32[*, 3] is no result of an operator that is left");
    refuses(() -> graph.output("e", x), "output e: x FLOAT32[*, 3] is used inside");
    refuses(
        () -> loop(graph, x, carried -> graph.apply(Operator.EXP, carried)),
        "value 'loop.input0' is there already, or unnamed");
    graph.output("e", carriedOut);
  }

  private static Value loop(GraphBuilder builder, Value initial, UnaryOperator<Value> body) {
    return builder
        .loop(
            2,
            List.of(initial),
            (iteration, carried) ->
                new LoopBody.Results(List.of(body.apply(carried.get(0))), List.of()))
        .carried()
        .get(0);
  }

  private static void refusesLoop(BiFunction<GraphBuilder, Value, Value> body, String message) {
    GraphBuilder builder = new GraphBuilder("test", "B");
    Value input = builder.input("x", ElementType.FLOAT32, Shape.BATCH, 3);
    refuses(() -> loop(builder, input, carried -> body.apply(builder, carried)), message);
  }

  @Test
  void writesTheSameBytesForTheSameCalls() {
    assertThat(small().file()).isEqualTo(small().file());
  }

  @Test
  void writesWhatAReaderMustKnow() throws Exception {
    OnnxGraph built = small();
    assertThat(built.nodeCount()).isEqualTo(1);
    assertThat(built.inputs())
        .containsExactly(new Signature("x", new TensorType(ElementType.FLOAT32, Shape.of(-1, 2))));
    ModelProto model = ModelProto.parseFrom(built.file());
    assertThat(model.getIrVersion()).isEqualTo(8);
    assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(17);
    assertThat(model.getProducerName()).isEqualTo("LogitFlow");
    assertThat(model.getProducerVersion()).isEqualTo("1.2.3");
    assertThat(model.getMetadataProps(0).getKey()).isEqualTo("round");
    assertThat(model.getMetadataProps(0).getValue()).isEqualTo("7");
    assertThat(model.getGraph().getInput(0).getType().getTensorType().getShape().getDim(0))
        .hasToString("dim_param: \"B\"\n");
    // 1.5f is 0x3FC00000, little-endian.
    assertThat(model.getGraph().getInitializer(0).getRawData().toByteArray())
        .containsExactly(0, 0, 0xC0, 0x3F, 0, 0, 0, 0);
  }

  private static OnnxGraph small() {
    GraphBuilder builder = new GraphBuilder("small", "B");
    Value input = builder.input("x", ElementType.FLOAT32, Shape.BATCH, 2);
    Value constant = builder.constant("c", Shape.of(2), 1.5f, 0);
    builder.output("y", builder.apply(Operator.ADD, input, constant));
    return builder.build("1.2.3", new TreeMap<>(Map.of("round", "7")));
  }

  private Value ints(long... elements) {
    return graph.integers("ints" + Arrays.toString(elements), elements);
  }

  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
