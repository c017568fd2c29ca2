package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.exporter.tabulation.EdgeTables;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All steps of a rollout by tables of edges, in columns. What goes from step to step is [m, B]: the
 * number of an edge and, so far, the sum of the unscaled shifted logits of what was chosen, and of
 * log P_B where that is not constant. A row of the table holds the logits of the state that the
 * edge leads to, and what to add to each of these numbers, so that one look-up, one product and the
 * choice make a step.
 */
final class EdgeRollout {
  private static final Map<String, Attribute> TRANSPOSED = Map.of("transB", new Attribute.Whole(1));
  private static final Map<String, Attribute> ROWS = Map.of("axis", new Attribute.Whole(0));

  private final EdgeTables tables;
  private final int actions;
  private final int carried;
  private final @Nullable Value scale;
  private final ColumnLogProbability logForward;
  private final List<Value> edges = new ArrayList<>();

  private EdgeRollout(EdgeTables tables, @Nullable Value scale) {
    this.tables = tables;
    this.scale = scale;
    actions = tables.root().length;
    carried = tables.rowWidth() - actions;
    logForward = new ColumnLogProbability(actions);
  }

  /**
   * Draws objects.
   *
   * @param tables of the edges
   * @param rootActions valid in the root, from 0
   * @param scale [G, 1]; null if it is 1
   * @param betas of the trajectories
   * @param uniforms [1, B] for each step
   */
  static Result draw(
      GraphBuilder graph,
      EdgeTables tables,
      ActionRange rootActions,
      @Nullable Value scale,
      BetaRows betas,
      List<Value> uniforms) {
    return new EdgeRollout(tables, scale).draw(graph, rootActions, betas, uniforms);
  }

  private Result draw(
      GraphBuilder graph, ActionRange rootActions, BetaRows betas, List<Value> uniforms) {
    int width = tables.rowWidth();
    Value factors =
        scale == null
            ? null
            : betas.gather(
                graph,
                graph.apply(
                    Operator.MATMUL,
                    scale,
                    graph.constant("ones", Shape.of(1, width), ones(width))));
    graph.section("step0");
    Value carry = root(graph, rootActions, betas, uniforms.get(0));
    Value table =
        graph.constant(
            "tabulated.rows", Shape.of(tables.rows().length / width, width), tables::rows);
    for (int step = 1; step < uniforms.size(); step++) {
      graph.section("step" + step);
      Value rows = graph.apply(Operator.GATHER, table, edge(graph, carry));
      carry = graph.apply(Operator.GEMM, TRANSPOSED, updates(graph), rows, carry);
      Value scaled = factors == null ? rows : graph.apply(Operator.MUL, rows, factors);
      Value weights = graph.apply(Operator.EXP, scaled);
      carry = choose(graph, weights, actions, uniforms.get(step), carry);
    }
    graph.section("last");
    return last(graph, carry, betas);
  }

  private Value root(GraphBuilder graph, ActionRange valid, BetaRows betas, Value uniform) {
    float[] logits =
        Arrays.copyOfRange(tables.root(), valid.first(), valid.first() + valid.count());
    Value row = graph.constant("root", Shape.of(1, valid.count()), logits);
    Value scaled = scale == null ? row : graph.apply(Operator.MATMUL, scale, row);
    Value weights = betas.spread(graph, graph.apply(Operator.EXP, scaled));
    return choose(graph, weights, valid.count(), uniform, null);
  }

  /**
   * Chooses, and adds the number of the action to that of the first edge.
   *
   * @param weights [B, w], of which the first n are the exponentials of the scaled logits
   * @param count n
   * @param carry [m, B]; null in the root
   * @return [m, B]
   */
  private Value choose(
      GraphBuilder graph, Value weights, int count, Value uniform, @Nullable Value carry) {
    int width = Math.toIntExact(weights.shape().size(1));
    Value sums = graph.apply(Operator.GEMM, TRANSPOSED, triangle(graph, count, width), weights);
    ColumnChoice choice = ColumnChoice.choose(graph, sums, uniform);
    logForward.addTotal(choice.total());
    float[] matrix = new float[carried * count];
    Arrays.fill(matrix, 0, count, 1);
    Value positions = graph.constant("position" + count, Shape.of(carried, count), matrix);
    return carry == null
        ? graph.apply(Operator.MATMUL, positions, choice.passed())
        : graph.apply(Operator.GEMM, positions, choice.passed(), carry);
  }

  private Value triangle(GraphBuilder graph, int count, int width) {
    float[] triangle = new float[count * width];
    for (int row = 0; row < count; row++) {
      Arrays.fill(triangle, row * width, row * width + row + 1, 1);
    }
    return graph.constant("sums" + count + "of" + width, Shape.of(count, width), triangle);
  }

  /** Returns the matrix that selects what a row adds to what is carried, [m, R]. */
  private Value updates(GraphBuilder graph) {
    int width = tables.rowWidth();
    float[] updates = new float[carried * width];
    updates[actions] = 1 / EdgeTables.SMALL;
    for (int number = 1; number < carried; number++) {
      updates[number * width + actions + number] = 1;
    }
    return graph.constant("updates", Shape.of(carried, width), updates);
  }

  /** Returns the number of the edge, [B]. */
  private Value edge(GraphBuilder graph, Value carry) {
    Value integers = Columns.cast(graph, ElementType.INT32, carry);
    Value edge = graph.apply(Operator.GATHER, ROWS, integers, scalar(graph, 0));
    edges.add(edge);
    return edge;
  }

  private Result last(GraphBuilder graph, Value carry, BetaRows betas) {
    Value edge = edge(graph, carry);
    int width = carried;
    Value table =
        graph.constant(
            "tabulated.lastRows",
            Shape.of(tables.lastRows().length / width, width),
            tables::lastRows);
    Value number =
        graph.apply(
            Operator.SUB,
            edge,
            graph.constant(
                "tabulated.firstLast",
                new TensorType(ElementType.INT32, Shape.of()),
                TabulatedSteps.bytes(tables.firstLast())));
    Value rows = graph.apply(Operator.GATHER, table, number);
    float[] matrix = new float[carried * width];
    for (int i = 0; i < carried; i++) {
      matrix[i * width + i] = 1;
    }
    Value sums =
        graph.apply(
            Operator.GEMM,
            TRANSPOSED,
            graph.constant("lastUpdates", Shape.of(carried, width), matrix),
            rows,
            carry);
    Value object =
        graph.apply(
            Operator.GATHER, ROWS, Columns.cast(graph, ElementType.INT32, sums), scalar(graph, 0));
    Value tokens =
        graph.apply(
            Operator.GATHER,
            TabulatedSteps.constant(graph, "tabulated.objects", tables.objects()),
            object);
    Value logit = graph.apply(Operator.GATHER, ROWS, sums, scalar(graph, 1));
    Value scaled =
        scale == null
            ? logit
            : graph.apply(
                Operator.MUL,
                logit,
                betas.gather(
                    graph, graph.apply(Operator.RESHAPE, scale, graph.integers("asRow", -1))));
    Value logPf = graph.apply(Operator.SUB, scaled, logForward.logTotal(graph));
    Value logPb = carried > 2 ? graph.apply(Operator.GATHER, ROWS, sums, scalar(graph, 2)) : null;
    return new Result(tokens, logPf, logPb, List.copyOf(edges));
  }

  private static Value scalar(GraphBuilder graph, int number) {
    return graph.constant(
        "number" + number,
        new TensorType(ElementType.INT32, Shape.of()),
        TabulatedSteps.bytes(number));
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /**
   * What was drawn.
   *
   * @param tokens [B, S] of the type that a bundle has
   * @param logForward [B]
   * @param logBackward [B]; null if it is constant, or depends on β
   * @param edges [B] each, all edges taken
   */
  record Result(Value tokens, Value logForward, @Nullable Value logBackward, List<Value> edges) {}
}
