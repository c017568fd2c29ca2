package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;
import java.util.Arrays;
import java.util.Map;

/**
 * What many lowerings do with values [B, n]: cuts, sums and joins of columns, and floats of them.
 */
final class Columns {
  private Columns() {}

  /**
   * Takes columns.
   *
   * @param value [B, n, ...]
   * @param first the first of them
   * @param end behind the last of them
   * @return [B, end − first, ...], the same value if these are all
   */
  static Value slice(GraphBuilder graph, Value value, int first, int end) {
    if (first == 0 && end == value.shape().size(1)) {
      return value;
    }
    return graph.apply(
        Operator.SLICE,
        value,
        graph.integers("at" + first, first),
        graph.integers("at" + end, end),
        graph.integers("columns", 1));
  }

  /**
   * Takes a column by a look-up, which costs a runtime less than a slice.
   *
   * @param value [B, n]
   * @param column its number
   * @return [B, 1]
   */
  static Value column(GraphBuilder graph, Value value, int column) {
    return graph.apply(
        Operator.GATHER, Map.of("axis", new Attribute.Whole(1)), value, place(graph, column));
  }

  /**
   * Takes a row, likewise.
   *
   * @param value [n, B]
   * @param row its number
   * @return [1, B]
   */
  static Value row(GraphBuilder graph, Value value, int row) {
    return graph.apply(
        Operator.GATHER, Map.of("axis", new Attribute.Whole(0)), value, place(graph, row));
  }

  private static Value place(GraphBuilder graph, int number) {
    return graph.constant(
        "place" + number,
        new TensorType(ElementType.INT32, Shape.of(1)),
        TabulatedSteps.bytes(number));
  }

  /**
   * Turns columns into rows by a product with the unit matrix, which is exact: runtimes push an
   * operator that transposes through those that follow, once for each of their results.
   *
   * @param value [B, n] of finite numbers
   * @return [n, B]
   */
  static Value rows(GraphBuilder graph, Value value) {
    int count = Math.toIntExact(value.shape().size(1));
    float[] unit = new float[count * count];
    for (int place = 0; place < count; place++) {
      unit[place * count + place] = 1;
    }
    return graph.apply(
        Operator.GEMM,
        Map.of("transB", new Attribute.Whole(1)),
        graph.constant("unit" + count, Shape.of(count, count), unit),
        value);
  }

  /**
   * Adds up columns. By a product with ones, which adds up every row in one order: ONNX Runtime's
   * sum along a row begins where memory is aligned, so that the last bits of a row would depend on
   * its place in the batch.
   *
   * @param value [B, n]
   * @return [B, 1]
   */
  static Value sum(GraphBuilder graph, Value value) {
    return graph.apply(Operator.MATMUL, value, ones(graph, value.shape().size(1)));
  }

  /** Adds up columns, likewise: [B, n] to [B]. */
  static Value sumOfRows(GraphBuilder graph, Value value) {
    return graph.apply(Operator.RESHAPE, sum(graph, value), graph.integers("asRow", -1));
  }

  /** Adds up the last of three axes, likewise: [B, n, m] to [B, n], or [n, B, m] to [n, B]. */
  static Value sumOfLast(GraphBuilder graph, Value value) {
    Shape shape = value.shape();
    Value summed = graph.apply(Operator.MATMUL, value, ones(graph, shape.size(2)));
    boolean rowsFirst = shape.size(0) < 0;
    Value target =
        rowsFirst
            ? graph.integers("rowsBy" + shape.size(1), -1, shape.size(1))
            : graph.integers(shape.size(0) + "byRows", shape.size(0), -1);
    return graph.apply(Operator.RESHAPE, summed, target);
  }

  private static Value ones(GraphBuilder graph, long count) {
    float[] ones = new float[Math.toIntExact(count)];
    Arrays.fill(ones, 1);
    return graph.constant("ones" + count, Shape.of(count, 1), ones);
  }

  /** Joins columns. */
  static Value join(GraphBuilder graph, Value... values) {
    return values.length == 1
        ? values[0]
        : graph.apply(Operator.CONCAT, Map.of("axis", new Attribute.Whole(1)), values);
  }

  /**
   * Repeats a column, row by row.
   *
   * @param column [B, 1]
   * @param times n
   * @return [B·n, 1]
   */
  static Value repeat(GraphBuilder graph, Value column, int times) {
    Value none = graph.constant("none" + times, Shape.of(1, times), new float[times]);
    return graph.apply(
        Operator.RESHAPE,
        graph.apply(Operator.ADD, column, none),
        graph.integers("asColumn", -1, 1));
  }

  /** Writes numbers of another type, or truth values as 0 and 1, as floats. */
  static Value toFloat(GraphBuilder graph, Value value) {
    return cast(graph, ElementType.FLOAT32, value);
  }

  /** Writes elements in another type. */
  static Value cast(GraphBuilder graph, ElementType type, Value value) {
    return graph.apply(Operator.CAST, Map.of("to", new Attribute.Whole(type.code())), value);
  }
}
