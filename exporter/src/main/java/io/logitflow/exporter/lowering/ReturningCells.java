package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Hypergrid;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cells of a grid of d dimensions and side H that walk back to the corner of zeros: the stop is
 * undone first, then backward action i subtracts 1 from coordinate i.
 */
final class ReturningCells {
  private ReturningCells() {}

  /** Returns the stopped cells of objects. */
  static ReturningState terminals(Hypergrid environment, ScoredObjects objects) {
    Grid grid =
        new Grid(
            new HypergridLowering(environment),
            environment.maximumLength(),
            environment.tokens().size());
    return new Stopped(grid, objects.tokens());
  }

  private record Grid(HypergridLowering lowering, int dimensions, int side) {
    /** Writes a zero behind the coordinates, for the stop: [B, d] to [B, d + 1]. */
    Value withoutStop(GraphBuilder graph, Value coordinates) {
      float[] identity = new float[dimensions * (dimensions + 1)];
      for (int i = 0; i < dimensions; i++) {
        identity[i * (dimensions + 1) + i] = 1;
      }
      return graph.apply(
          Operator.MATMUL,
          coordinates,
          graph.constant("grid.open", Shape.of(dimensions, dimensions + 1), identity));
    }
  }

  /**
   * Cells that are stopped.
   *
   * @param coordinates [B, d]
   */
  private record Stopped(Grid grid, Value coordinates) implements ReturningState {
    @Override
    public Optional<LoweredState> state() {
      return Optional.empty();
    }

    @Override
    public Optional<Value> underWay(GraphBuilder graph) {
      return Optional.empty();
    }

    @Override
    public ValidActions backwardActions(GraphBuilder graph) {
      return ValidActions.range(grid.dimensions(), 1);
    }

    @Override
    public Undone undo(GraphBuilder graph, @Nullable ActionChoice choice) {
      float[] stop = new float[grid.dimensions() + 1];
      stop[grid.dimensions()] = 1;
      return new Undone(
          new Open(grid, grid.withoutStop(graph, coordinates)),
          graph.constant("grid.stopped", Shape.of(1, stop.length), stop));
    }
  }

  /**
   * Cells that are not stopped.
   *
   * @param numbers [B, d + 1] coordinates, then zero
   */
  private record Open(Grid grid, Value numbers) implements ReturningState {
    @Override
    public Optional<LoweredState> state() {
      // As many steps lie behind some row as it takes to the edge, for all that is known here.
      return Optional.of(new HypergridLowering.Cells(grid.lowering(), grid.side() - 1, numbers));
    }

    @Override
    public Optional<Value> underWay(GraphBuilder graph) {
      float[] ones = new float[grid.dimensions() + 1];
      Arrays.fill(ones, 1);
      Value steps =
          graph.apply(
              Operator.MATMUL, numbers, graph.constant("grid.sum", Shape.of(ones.length, 1), ones));
      return Optional.of(Columns.toFloat(graph, graph.apply(Operator.LESS, half(graph), steps)));
    }

    @Override
    public ValidActions backwardActions(GraphBuilder graph) {
      // In the root, where none is taken, all count as valid.
      Value coordinates = Columns.slice(graph, numbers, 0, grid.dimensions());
      Value inRoot =
          graph.apply(
              Operator.SUB,
              graph.constant("one", Shape.of(1, 1), 1),
              underWay(graph).orElseThrow());
      return ValidActions.masked(
          graph.apply(Operator.LESS, half(graph), graph.apply(Operator.ADD, coordinates, inRoot)));
    }

    @Override
    public Undone undo(GraphBuilder graph, @Nullable ActionChoice choice) {
      Value twin = grid.withoutStop(graph, Objects.requireNonNull(choice).oneHot());
      return new Undone(new Open(grid, graph.apply(Operator.SUB, numbers, twin)), twin);
    }

    private static Value half(GraphBuilder graph) {
      return graph.constant("half", Shape.of(), 0.5f);
    }
  }
}
