package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Hypergrid;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Cells of a grid of d dimensions and side H. A state is [B, d + 1]: the coordinates, then one if
 * it is stopped, so that a step adds the one-hot action. The features are the coordinates as
 * one-hot. Every forward action is valid but those beyond the grid's edge; backward, those whose
 * number is above zero, and in a stopped state the last alone. The backward action that undoes a
 * step has its number.
 */
final class HypergridLowering implements EnvironmentLowering {
  private final int dimensions;
  private final int side;

  /**
   * Creates the lowering.
   *
   * @param environment the environment
   */
  HypergridLowering(Hypergrid environment) {
    dimensions = environment.maximumLength();
    side = environment.tokens().size();
  }

  @Override
  public ActionRange rootActions() {
    return new ActionRange(0, actions());
  }

  @Override
  public LoweredState firstStep(GraphBuilder graph, ActionChoice choice) {
    return new Cells(this, 1, choice.oneHot());
  }

  @Override
  public int cells(int steps) {
    return actions();
  }

  @Override
  public LoweredState resume(GraphBuilder graph, int steps, Value cells, @Nullable Value distance) {
    return new Cells(this, steps, cells);
  }

  @Override
  public Optional<RepeatedSteps> repeated(boolean readsFeatures) {
    return Optional.of(new RepeatedCells(this));
  }

  private int actions() {
    return dimensions + 1;
  }

  /** Repeats each coordinate H times and compares it with 0 to H − 1: [B, d + 1] to [B, d·H]. */
  private Value oneHot(GraphBuilder graph, Value numbers) {
    int width = dimensions * side;
    float[] repetition = new float[actions() * width];
    float[] places = new float[width];
    for (int column = 0; column < width; column++) {
      repetition[column / side * width + column] = 1;
      places[column] = column % side;
    }
    Value repeated =
        graph.apply(
            Operator.MATMUL,
            numbers,
            graph.constant("grid.repetition", Shape.of(actions(), width), repetition));
    Value equal =
        graph.apply(
            Operator.EQUAL,
            repeated,
            graph.constant("grid.coordinates", Shape.of(1, width), places));
    return Columns.toFloat(graph, equal);
  }

  /** Returns a number for each coordinate and one for the stop: [d + 1]. */
  private float[] row(float coordinate, float stop) {
    float[] row = new float[actions()];
    for (int i = 0; i < dimensions; i++) {
      row[i] = coordinate;
    }
    row[dimensions] = stop;
    return row;
  }

  /**
   * A step whose number is not known: the grid's edge may be near.
   *
   * @param environment whose steps they are
   */
  private record RepeatedCells(HypergridLowering environment) implements RepeatedSteps {
    @Override
    public LoweredState resume(GraphBuilder graph, Value iteration, List<Value> carried) {
      return late(carried);
    }

    @Override
    public List<Value> carry(GraphBuilder graph, LoweredState next) {
      return List.of(((Cells) next).numbers());
    }

    @Override
    public DrawnObjects end(
        GraphBuilder graph, LoweredState first, List<Value> carried, List<Value> kept) {
      return DrawnObjects.of(graph, late(carried));
    }

    private Cells late(List<Value> carried) {
      return new Cells(environment, environment.side, carried.get(0));
    }

    @Override
    public OptionalInt backwardActionCount(int steps) {
      return OptionalInt.empty();
    }
  }

  /**
   * Cells after t steps.
   *
   * @param environment whose cells they are
   * @param steps t
   * @param numbers [B, d + 1]
   */
  record Cells(HypergridLowering environment, int steps, Value numbers) implements LoweredState {
    @Override
    public Value features(GraphBuilder graph) {
      return environment.oneHot(graph, numbers);
    }

    @Override
    public ValidActions forwardActions(GraphBuilder graph) {
      if (steps < environment.side - 1) {
        return ValidActions.range(0, environment.actions());
      }
      // The stop stays below its bound in stopped cells too: one action is valid in every row.
      float[] bounds = environment.row(environment.side - 1, 2);
      return ValidActions.masked(
          graph.apply(
              Operator.LESS,
              numbers,
              graph.constant("grid.edge", Shape.of(1, environment.actions()), bounds)));
    }

    @Override
    public Optional<Value> running(GraphBuilder graph) {
      int actions = environment.actions();
      Value minusStop = graph.constant("grid.stop", Shape.of(actions, 1), environment.row(0, -1));
      return Optional.of(
          graph.apply(
              Operator.GEMM, numbers, minusStop, graph.constant("grid.one", Shape.of(1), 1)));
    }

    @Override
    public LoweredState step(GraphBuilder graph, ActionChoice choice) {
      return new Cells(environment, steps + 1, graph.apply(Operator.ADD, numbers, choice.oneHot()));
    }

    @Override
    public OptionalInt backwardActionCount() {
      return OptionalInt.empty();
    }

    @Override
    public ValidActions backwardActions(GraphBuilder graph) {
      int actions = environment.actions();
      // In a stopped state a coordinate would have to be above H.
      float[] bounds = new float[actions * actions];
      System.arraycopy(
          environment.row(environment.side, 0), 0, bounds, actions * (actions - 1), actions);
      Value bound =
          graph.apply(
              Operator.MATMUL,
              numbers,
              graph.constant("grid.backward", Shape.of(actions, actions), bounds));
      return ValidActions.masked(graph.apply(Operator.LESS, bound, numbers));
    }

    @Override
    public Value backwardTwins(GraphBuilder graph, ActionChoice choice) {
      return choice.oneHot();
    }

    @Override
    public Value tokens(GraphBuilder graph) {
      return new ActionRange(0, environment.dimensions).select(graph, numbers);
    }

    @Override
    public Optional<Value> lengths(GraphBuilder graph) {
      return Optional.empty();
    }
  }
}
