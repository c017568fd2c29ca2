package io.logitflow.exporter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.logitflow.exporter.fixture.GraphRun;
import io.logitflow.sampler.onnx.Attribute.Real;
import io.logitflow.sampler.onnx.Attribute.Whole;
import io.logitflow.sampler.onnx.Attribute.Wholes;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class OperatorTest {
  private static final float[] X = {0.5f, 1, 2, 4, 0.25f, 8};
  private static final Set<Operator> TESTED = EnumSet.noneOf(Operator.class);

  /** Builds one operator over x [B, 3], B = 2; the expectations are worked out by hand. */
  static Stream<Arguments> applications() {
    return Stream.of(
        of(Operator.ADD, (g, x) -> g.apply(Operator.ADD, x, row(g)), 1.5f, 3, 5, 5, 2.25f, 11),
        of(Operator.SUB, (g, x) -> g.apply(Operator.SUB, x, row(g)), -.5f, -1, -1, 3, -1.75f, 5),
        of(Operator.MUL, (g, x) -> g.apply(Operator.MUL, x, row(g)), .5f, 2, 6, 4, .5f, 24),
        of(
            Operator.DIV,
            (g, x) -> g.apply(Operator.DIV, x, row(g)),
            .5f,
            .5f,
            .6666667f,
            4,
            .125f,
            2.6666667f),
        of(
            Operator.EXP,
            (g, x) -> g.apply(Operator.EXP, x),
            1.6487213f,
            2.7182817f,
            7.389056f,
            54.59815f,
            1.2840254f,
            2980.958f),
        of(
            Operator.LOOP,
            (g, x) ->
                g.loop(
                        3,
                        List.of(x),
                        (iteration, carried) ->
                            new LoopBody.Results(
                                List.of(
                                    g.apply(
                                        Operator.ADD,
                                        carried.get(0),
                                        g.apply(Operator.MUL, row(g), cast(g, iteration)))),
                                List.of()))
                    .carried()
                    .get(0),
            3.5f,
            7,
            11,
            7,
            6.25f,
            17),
        of(
            Operator.LOG,
            (g, x) -> g.apply(Operator.LOG, x),
            -.6931472f,
            0,
            .6931472f,
            1.3862944f,
            -1.3862944f,
            2.0794415f),
        of(
            Operator.SOFTPLUS,
            (g, x) -> g.apply(Operator.SOFTPLUS, x),
            .974077f,
            1.3132616f,
            2.126928f,
            4.01815f,
            .8259395f,
            8.000335f),
        of(
            Operator.LEAKY_RELU,
            (g, x) ->
                g.apply(
                    Operator.LEAKY_RELU,
                    Map.of("alpha", new Real(0.5f)),
                    g.apply(Operator.SUB, x, row(g))),
            -.25f,
            -.5f,
            -.5f,
            3,
            -.875f,
            5),
        of(
            Operator.CLIP,
            (g, x) ->
                g.apply(
                    Operator.CLIP,
                    x,
                    g.constant("low", Shape.of(), 1),
                    g.constant("high", Shape.of(), 3)),
            1,
            1,
            2,
            3,
            1,
            3),
        of(Operator.MATMUL, (g, x) -> g.apply(Operator.MATMUL, x, weights(g)), 2.5f, 3, 12, 8.25f),
        of(
            Operator.GEMM,
            (g, x) ->
                g.apply(Operator.GEMM, x, weights(g), g.constant("bias", Shape.of(2), 10, 20)),
            12.5f,
            23,
            22,
            28.25f),
        of(
            Operator.REDUCE_MAX,
            (g, x) ->
                g.apply(
                    Operator.REDUCE_MAX,
                    Map.of("axes", new Wholes(List.of(1L)), "keepdims", new Whole(1)),
                    x),
            2,
            8),
        of(
            Operator.REDUCE_SUM,
            (g, x) ->
                g.apply(
                    Operator.REDUCE_SUM,
                    Map.of("keepdims", new Whole(0)),
                    x,
                    g.integers("axes", 1)),
            3.5f,
            12.25f),
        of(
            Operator.CUM_SUM,
            (g, x) -> g.apply(Operator.CUM_SUM, x, g.integers("axis", 1)),
            .5f,
            1.5f,
            3.5f,
            4,
            4.25f,
            12.25f),
        of(
            Operator.TOP_K,
            (g, x) ->
                g.applyAll(Operator.TOP_K, Map.of("axis", new Whole(1)), x, g.integers("two", 2))
                    .get(0),
            2,
            1,
            8,
            4),
        of(
            Operator.CONCAT,
            (g, x) -> g.apply(Operator.CONCAT, Map.of("axis", new Whole(1)), x, x),
            .5f,
            1,
            2,
            .5f,
            1,
            2,
            4,
            .25f,
            8,
            4,
            .25f,
            8),
        of(
            Operator.SPLIT,
            (g, x) ->
                g.applyAll(
                        Operator.SPLIT, Map.of("axis", new Whole(1)), x, g.integers("sizes", 1, 2))
                    .get(1),
            1,
            2,
            .25f,
            8),
        of(
            Operator.SLICE,
            (g, x) ->
                g.apply(
                    Operator.SLICE,
                    x,
                    g.integers("from", 1),
                    g.integers("to", 2),
                    g.integers("axes", 1)),
            1,
            .25f),
        of(
            Operator.RESHAPE,
            (g, x) -> g.apply(Operator.RESHAPE, x, g.integers("shape", -1, 3, 1)),
            X),
        of(Operator.RESHAPE, (g, x) -> g.apply(Operator.RESHAPE, x, g.integers("rows", -1, 1)), X),
        of(
            Operator.EXPAND,
            (g, x) ->
                g.apply(
                    Operator.EXPAND,
                    g.constant("row", Shape.of(3), 1, 2, 3),
                    g.apply(Operator.SHAPE, x)),
            1,
            2,
            3,
            1,
            2,
            3),
        of(Operator.SHAPE, (g, x) -> cast(g, g.apply(Operator.SHAPE, x)), 2, 3),
        of(
            Operator.WHERE,
            (g, x) -> g.apply(Operator.WHERE, g.apply(Operator.LESS, x, row(g)), x, row(g)),
            .5f,
            1,
            2,
            1,
            .25f,
            3),
        of(
            Operator.LESS,
            (g, x) -> cast(g, g.apply(Operator.LESS, x, g.constant("one", Shape.of(), 1))),
            1,
            0,
            0,
            0,
            1,
            0),
        of(
            Operator.LESS_OR_EQUAL,
            (g, x) -> cast(g, g.apply(Operator.LESS_OR_EQUAL, x, g.constant("one", Shape.of(), 1))),
            1,
            1,
            0,
            0,
            1,
            0),
        of(
            Operator.EQUAL,
            (g, x) -> cast(g, g.apply(Operator.EQUAL, x, g.constant("one", Shape.of(), 1))),
            0,
            1,
            0,
            0,
            0,
            0),
        of(
            Operator.GATHER,
            (g, x) -> g.apply(Operator.GATHER, weights(g), numbers(g, x)),
            1,
            0,
            1,
            1),
        of(
            Operator.GATHER,
            (g, x) ->
                g.apply(Operator.GATHER, Map.of("axis", new Whole(1)), x, g.integers("second", 1)),
            1,
            .25f),
        of(
            Operator.GATHER_ELEMENTS,
            (g, x) ->
                g.apply(
                    Operator.GATHER_ELEMENTS,
                    Map.of("axis", new Whole(1)),
                    x,
                    g.apply(Operator.RESHAPE, numbers(g, x), g.integers("column", -1, 1))),
            .5f,
            8),
        of(
            Operator.GEMM,
            (g, x) ->
                g.apply(
                    Operator.GEMM,
                    Map.of("transB", new Whole(1)),
                    x,
                    g.constant("transposed", Shape.of(2, 3), 1, 0, 0, 0, 1, 1)),
            .5f,
            3,
            4,
            8.25f),
        of(
            Operator.LOG_SOFTMAX,
            (g, x) -> g.apply(Operator.LOG_SOFTMAX, Map.of("axis", new Whole(1)), x),
            -1.9643688f,
            -1.4643688f,
            -.4643688f,
            -4.018573f,
            -7.768573f,
            -.018573f),
        of(Operator.MAX, (g, x) -> g.apply(Operator.MAX, x, row(g)), 1, 2, 3, 4, 2, 8),
        of(
            Operator.REDUCE_PROD,
            (g, x) ->
                g.apply(
                    Operator.REDUCE_PROD,
                    Map.of("axes", new Wholes(List.of(1L)), "keepdims", new Whole(1)),
                    x),
            1,
            8),
        // x / 0.5 + 1, rounded to the even neighbour at a half, and at most 255.
        of(Operator.QUANTIZE_LINEAR, (g, x) -> cast(g, bytes(g, x)), 2, 3, 5, 9, 1, 17),
        // (1, 2, 4) and (8, 0, 16), less the zero point, times (1, -1, 2).
        of(
            Operator.MATMUL_INTEGER,
            (g, x) ->
                cast(
                    g,
                    g.apply(
                        Operator.MATMUL_INTEGER,
                        bytes(g, x),
                        g.constant(
                            "weights8",
                            new TensorType(ElementType.INT8, Shape.of(3, 1)),
                            ByteBuffer.allocate(3).put(new byte[] {1, -1, 2})),
                        zeroPoint(g))),
            7,
            40),
        of(
            Operator.TRANSPOSE,
            (g, x) -> g.apply(Operator.TRANSPOSE, Map.of("perm", new Wholes(List.of(1L, 0L))), x),
            .5f,
            4,
            1,
            .25f,
            2,
            8),
        of(
            Operator.CAST,
            (g, x) ->
                cast(
                    g,
                    g.apply(Operator.CAST, Map.of("to", new Whole(ElementType.INT32.code())), x)),
            0,
            1,
            2,
            4,
            0,
            8));
  }

  private static Value bytes(GraphBuilder graph, Value x) {
    return graph.apply(
        Operator.QUANTIZE_LINEAR, x, graph.constant("scale", Shape.of(), 0.5f), zeroPoint(graph));
  }

  private static Value zeroPoint(GraphBuilder graph) {
    return graph.constant(
        "zeroPoint",
        new TensorType(ElementType.UINT8, Shape.of()),
        ByteBuffer.allocate(1).put((byte) 1));
  }

  private static Arguments of(
      Operator operator, BiFunction<GraphBuilder, Value, Value> application, float... expected) {
    TESTED.add(operator);
    return arguments(operator, application, expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("applications")
  void computesWhatItSays(
      Operator operator, BiFunction<GraphBuilder, Value, Value> application, float[] expected) {
    GraphBuilder graph = new GraphBuilder("one", "B");
    Value x = graph.input("x", ElementType.FLOAT32, Shape.BATCH, 3);
    graph.output("y", application.apply(graph, x));
    OnnxGraph built = graph.build("test", new TreeMap<>());
    float[] found = GraphRun.of(built, Map.of("x", X)).floats("y");
    assertThat(found).as(operator.toString()).hasSize(expected.length);
    for (int i = 0; i < found.length; i++) {
      float tolerance = 1e-6f * Math.max(1, Math.abs(expected[i]));
      assertThat(found[i]).as("%s %d", operator, i).isCloseTo(expected[i], within(tolerance));
    }
  }

  @Test
  void everyOperatorIsComputedHere() {
    assertThat(applications()).isNotEmpty();
    assertThat(TESTED).containsExactlyInAnyOrder(Operator.values());
  }

  @ParameterizedTest
  @EnumSource
  void isDefinedInTheOperatorSetInUse(Operator operator) {
    assertThat(operator.holdsIn(GraphBuilder.OPSET)).isTrue();
  }

  @Test
  void knowsWhereADefinitionEnds() {
    assertThat(Operator.REDUCE_MAX.holdsIn(18)).isFalse();
    assertThat(Operator.WHERE.holdsIn(15)).isFalse();
  }

  private static Value row(GraphBuilder graph) {
    return graph.constant("row", Shape.of(3), 1, 2, 3);
  }

  /** Combines the columns of x to 0.5 and 2.9, which are cut to 0 and 2. */
  private static Value numbers(GraphBuilder graph, Value x) {
    Value column =
        graph.apply(Operator.MATMUL, x, graph.constant("last", Shape.of(3, 1), 0, -0.25f, 0.375f));
    return graph.apply(
        Operator.CAST,
        Map.of("to", new Whole(ElementType.INT32.code())),
        graph.apply(Operator.RESHAPE, column, graph.integers("flat", -1)));
  }

  private static Value weights(GraphBuilder graph) {
    return graph.constant("weights", Shape.of(3, 2), 1, 0, 0, 1, 1, 1);
  }

  private static Value cast(GraphBuilder graph, Value value) {
    return graph.apply(Operator.CAST, Map.of("to", new Whole(ElementType.FLOAT32.code())), value);
  }
}
