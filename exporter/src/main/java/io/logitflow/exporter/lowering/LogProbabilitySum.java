package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log-probability of B trajectories while their steps are added, plus a constant: all steps are
 * added up in one go. A trajectory that has ended has nothing done in a step.
 */
final class LogProbabilitySum {
  private final List<Value> logarithms = new ArrayList<>();
  private final List<Value> choices = new ArrayList<>();
  private final List<Value> choicesOfSome = new ArrayList<>();
  private final List<Value> running = new ArrayList<>();
  private double constant;

  /**
   * Adds a step.
   *
   * @param logProbability [B, n], of which the row's sum counts
   */
  void add(Value logProbability) {
    logarithms.add(logProbability);
  }

  /**
   * Adds a step of a uniform choice.
   *
   * @param number [B, 1] the number of choices, at least 1
   * @param goesOn [B, 1] one where the trajectory goes on, else zero; null if all do
   */
  void addUniform(Value number, @Nullable Value goesOn) {
    if (goesOn == null) {
      choices.add(number);
    } else {
      choicesOfSome.add(number);
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
    Value value = logarithms.isEmpty() ? null : Columns.sumOfRows(graph, joined(graph, logarithms));
    if (!choices.isEmpty()) {
      value =
          less(
              graph,
              value,
              Columns.sumOfRows(graph, graph.apply(Operator.LOG, joined(graph, choices))));
    }
    if (!choicesOfSome.isEmpty()) {
      Value ofAll = graph.apply(Operator.LOG, joined(graph, choicesOfSome));
      Value counted = graph.apply(Operator.MUL, ofAll, joined(graph, running));
      value = less(graph, value, Columns.sumOfRows(graph, counted));
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
    return Columns.join(graph, columns.toArray(Value[]::new));
  }
}
