package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The log-probability of B trajectories while their steps are added: the logits of what was done,
 * less the logarithms of the totals, plus a constant. Logits and totals of all steps are added up
 * in one go. A trajectory that has ended has nothing done in a step, and its total does not count.
 */
final class LogProbabilitySum {
  private static final Map<String, Attribute> COLUMNS = Map.of("axis", new Attribute.Whole(1));

  private final List<Value> logits = new ArrayList<>();
  private final List<Value> totals = new ArrayList<>();
  private final List<Value> totalsOfSome = new ArrayList<>();
  private final List<Value> running = new ArrayList<>();
  private double constant;

  /**
   * Adds a step.
   *
   * @param logit [B, n], of which the row's sum counts
   * @param total [B, 1] or of the like, at least 1
   * @param goesOn [B, 1] one where the trajectory goes on, else zero; null if all do
   */
  void add(Value logit, Value total, @Nullable Value goesOn) {
    logits.add(logit);
    addTotal(total, goesOn);
  }

  /**
   * Adds a step of a uniform choice.
   *
   * @param total [B, 1] the number of choices, at least 1
   * @param goesOn [B, 1] one where the trajectory goes on, else zero; null if all do
   */
  void addTotal(Value total, @Nullable Value goesOn) {
    if (goesOn == null) {
      totals.add(total);
    } else {
      totalsOfSome.add(total);
      running.add(goesOn);
    }
  }

  /**
   * Adds a step of the same log-probability in all trajectories.
   *
   * @param logProbability natural logarithm
   */
  void addConstant(double logProbability) {
    constant += logProbability;
  }

  /**
   * Returns the sum.
   *
   * @param name of the constant
   * @param batch [1], the shape that one number a row has
   * @return [B]
   */
  Value finish(GraphBuilder graph, String name, Value batch) {
    Value value = logits.isEmpty() ? null : sum(graph, joined(graph, logits));
    if (!totals.isEmpty()) {
      value = less(graph, value, sum(graph, graph.apply(Operator.LOG, joined(graph, totals))));
    }
    if (!totalsOfSome.isEmpty()) {
      Value logarithms = graph.apply(Operator.LOG, joined(graph, totalsOfSome));
      Value counted = graph.apply(Operator.MUL, logarithms, joined(graph, running));
      value = less(graph, value, sum(graph, counted));
    }
    if (value != null && constant == 0) {
      return value;
    }
    Value addend = graph.constant(name, Shape.of(1), (float) constant);
    return value == null
        ? graph.apply(Operator.EXPAND, addend, batch)
        : graph.apply(Operator.ADD, value, addend);
  }

  private static Value less(GraphBuilder graph, @Nullable Value value, Value subtrahend) {
    Value minuend = value == null ? graph.constant("nothing", Shape.of(1), 0) : value;
    return graph.apply(Operator.SUB, minuend, subtrahend);
  }

  private static Value joined(GraphBuilder graph, List<Value> columns) {
    return graph.apply(Operator.CONCAT, COLUMNS, columns.toArray(Value[]::new));
  }

  private static Value sum(GraphBuilder graph, Value columns) {
    return graph.apply(
        Operator.REDUCE_SUM,
        Map.of("keepdims", new Attribute.Whole(0)),
        columns,
        graph.integers("columns", 1));
  }
}
