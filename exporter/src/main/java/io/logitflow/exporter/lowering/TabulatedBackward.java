package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.exporter.tabulation.BackwardTables;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.sampler.onnx.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** log P_B of steps inside tables, of all of them at once after the last. */
final class TabulatedBackward {
  private static final Map<String, Attribute> ROWS = Map.of("axis", new Attribute.Whole(0));

  private TabulatedBackward() {}

  /**
   * Looks up and adds up.
   *
   * @param tables of the edges
   * @param scaling of the logits of P_B; null if they are not scaled
   * @param edges [B] each, the edges taken
   * @return [B]
   */
  static Value logProbability(
      GraphBuilder graph,
      BackwardTables tables,
      @Nullable ScaledLogits scaling,
      List<Value> edges) {
    Value all =
        graph.apply(
            Operator.CONCAT,
            ROWS,
            edges.stream()
                .map(edge -> graph.apply(Operator.RESHAPE, edge, graph.integers("asOneRow", 1, -1)))
                .toArray(Value[]::new));
    Value bySteps =
        tables instanceof BackwardTables.ByEdge byEdge
            ? graph.apply(Operator.GATHER, numbers(graph, byEdge), all)
            : ofLogits(
                graph, (BackwardTables.ByState) tables, Objects.requireNonNull(scaling), all);
    return sumOfSteps(graph, bySteps);
  }

  private static Value numbers(GraphBuilder graph, BackwardTables.ByEdge tables) {
    float[] numbers = tables.logProbabilities();
    return graph.constant("tabulated.logPb", Shape.of(numbers.length), numbers);
  }

  /** Returns log P_B of edges [n, B] as the softmax of scaled logits, [n, B]. */
  private static Value ofLogits(
      GraphBuilder graph, BackwardTables.ByState tables, ScaledLogits scaling, Value edges) {
    long steps = edges.shape().size(0);
    int actions = tables.actions();
    Value child =
        graph.apply(Operator.GATHER, integers(graph, "children", tables.children()), edges);
    Value logits =
        graph.apply(Operator.GATHER, rows(graph, "Logits", tables.logits(), tables), child);
    Value valid = graph.apply(Operator.GATHER, rows(graph, "Valid", tables.valid(), tables), child);
    Value mask = graph.apply(Operator.LESS, graph.constant("half", Shape.of(), 0.5f), valid);
    Value scaled =
        graph.apply(
            Operator.WHERE,
            mask,
            scaling.ofSteps(graph, logits, steps),
            graph.constant("lowest", Shape.of(), -Float.MAX_VALUE));
    Value maximum =
        graph.apply(
            Operator.REDUCE_MAX,
            Map.of("axes", new Attribute.Wholes(List.of(2L)), "keepdims", new Attribute.Whole(1)),
            scaled);
    Value shifted = graph.apply(Operator.SUB, scaled, maximum);
    Value exponentials = graph.apply(Operator.MUL, graph.apply(Operator.EXP, shifted), valid);
    Value twins = graph.apply(Operator.GATHER, integers(graph, "twins", tables.twins()), edges);
    Value chosen = oneHot(graph, twins, steps, actions);
    Value logit = Columns.sumOfLast(graph, graph.apply(Operator.MUL, chosen, shifted));
    Value total = graph.apply(Operator.LOG, Columns.sumOfLast(graph, exponentials));
    // Nothing was done where there is no twin.
    Value counted = graph.apply(Operator.MUL, total, Columns.sumOfLast(graph, chosen));
    return graph.apply(Operator.SUB, logit, counted);
  }

  /** Brings actions [n, B], of which -1 is none, into one-hot form, [n, B, C]. */
  private static Value oneHot(GraphBuilder graph, Value action, long steps, int actions) {
    float[] places = new float[actions];
    for (int place = 0; place < actions; place++) {
      places[place] = place;
    }
    Value column =
        graph.apply(Operator.RESHAPE, action, graph.integers("steps.asColumns", steps, -1, 1));
    Value equal =
        graph.apply(
            Operator.EQUAL,
            Columns.toFloat(graph, column),
            graph.constant("backwardPlaces", Shape.of(1, 1, actions), places));
    return Columns.toFloat(graph, equal);
  }

  private static Value sumOfSteps(GraphBuilder graph, Value value) {
    return graph.apply(
        Operator.REDUCE_SUM,
        Map.of("keepdims", new Attribute.Whole(0)),
        value,
        graph.integers("rows", 0));
  }

  private static Value rows(
      GraphBuilder graph, String name, float[] rows, BackwardTables.ByState tables) {
    return graph.constant(
        "tabulated.backward" + name,
        Shape.of(tables.states(), rows.length / tables.states()),
        rows);
  }

  private static Value integers(GraphBuilder graph, String name, int[] integers) {
    return graph.constant(
        "tabulated." + name,
        new TensorType(ElementType.INT32, Shape.of(integers.length)),
        TabulatedSteps.bytes(integers));
  }
}
