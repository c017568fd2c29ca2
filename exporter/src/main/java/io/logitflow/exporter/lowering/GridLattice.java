package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Hypergrid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All cells of a grid of d dimensions and side H, by the sum of their coordinates: the box below a
 * cell is part of it. The kinds of actions are the dimensions; a trajectory ends where it stops.
 */
final class GridLattice implements ObjectLattice {
  private final HypergridLowering lowering;
  private final ScoredObjects objects;
  private final int dimensions;
  private final int side;
  private final List<List<int[]>> cells = new ArrayList<>();
  private final Map<Integer, Integer> places = new HashMap<>();

  /**
   * Lists the cells.
   *
   * @param environment whose they are
   * @param objects cells that are scored
   */
  GridLattice(Hypergrid environment, ScoredObjects objects) {
    this.lowering = new HypergridLowering(environment);
    this.objects = objects;
    dimensions = environment.maximumLength();
    side = environment.tokens().size();
    for (int level = 0; level <= dimensions * (side - 1); level++) {
      cells.add(new ArrayList<>());
    }
    int count = 1;
    for (int i = 0; i < dimensions; i++) {
      count *= side;
    }
    for (int number = 0; number < count; number++) {
      int[] cell = new int[dimensions];
      int sum = 0;
      int rest = number;
      for (int i = 0; i < dimensions; i++) {
        cell[i] = rest % side;
        sum += cell[i];
        rest /= side;
      }
      places.put(number, cells.get(sum).size());
      cells.get(sum).add(cell);
    }
  }

  /** Returns the number of cells, saturated. */
  static long count(Hypergrid environment) {
    return environment.objectCount().orElse(Long.MAX_VALUE);
  }

  @Override
  public int levels() {
    return cells.size();
  }

  @Override
  public int states(int level) {
    return level < cells.size() ? cells.get(level).size() : 0;
  }

  @Override
  public int kinds() {
    return dimensions;
  }

  @Override
  public int child(int level, int state, int kind) {
    int[] cell = cells.get(level).get(state).clone();
    cell[kind]++;
    return cell[kind] < side ? places.get(number(cell)) : -1;
  }

  /** Returns a cell's value in base H, the first coordinate least significant. */
  private int number(int[] cell) {
    int number = 0;
    for (int i = dimensions - 1; i >= 0; i--) {
      number = number * side + cell[i];
    }
    return number;
  }

  @Override
  public LoweredState rows(GraphBuilder graph, int level) {
    int width = dimensions + 1;
    float[] numbers = new float[states(level) * width];
    for (int state = 0; state < states(level); state++) {
      for (int i = 0; i < dimensions; i++) {
        numbers[state * width + i] = cells.get(level).get(state)[i];
      }
    }
    // The same in every row of the batch, whose size a constant does not have.
    Value zeros =
        graph.apply(
            Operator.MATMUL,
            objects.tokens(),
            graph.constant(
                "grid.zeros" + numbers.length,
                Shape.of(dimensions, numbers.length),
                new float[dimensions * numbers.length]));
    Value same =
        graph.apply(
            Operator.ADD,
            zeros,
            graph.constant("grid.cells" + level, Shape.of(1, numbers.length), numbers));
    Value rows = graph.apply(Operator.RESHAPE, same, graph.integers("grid.rows", -1, width));
    return new HypergridLowering.Cells(lowering, level, rows);
  }

  @Override
  public Value edges(GraphBuilder graph, Value actions) {
    return column(graph, actions, 0, dimensions);
  }

  @Override
  public Optional<Value> ended(GraphBuilder graph, int level, Value reached, Value actions) {
    float[] weights = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      weights[i] = i == 0 ? 1 : weights[i - 1] * side;
    }
    float[] numbers = new float[states(level)];
    for (int state = 0; state < numbers.length; state++) {
      numbers[state] = number(cells.get(level).get(state));
    }
    Value object =
        graph.apply(
            Operator.MATMUL,
            objects.tokens(),
            graph.constant("grid.base", Shape.of(dimensions, 1), weights));
    Value here =
        Columns.toFloat(
            graph,
            graph.apply(
                Operator.EQUAL,
                object,
                graph.constant("grid.numbers" + level, Shape.of(1, numbers.length), numbers)));
    Value stop =
        graph.apply(
            Operator.REDUCE_SUM,
            Map.of("keepdims", new Attribute.Whole(0)),
            column(graph, actions, dimensions, dimensions + 1),
            graph.integers("lastAxis", 2));
    Value stopped = graph.apply(Operator.ADD, reached, stop);
    return Optional.of(Columns.sum(graph, graph.apply(Operator.MUL, here, stopped)));
  }

  private static Value column(GraphBuilder graph, Value actions, int first, int end) {
    return graph.apply(
        Operator.SLICE,
        actions,
        graph.integers("at" + first, first),
        graph.integers("at" + end, end),
        graph.integers("lastAxis", 2));
  }
}
