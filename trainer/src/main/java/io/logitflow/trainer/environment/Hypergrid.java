package io.logitflow.trainer.environment;

import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * The cells of a grid of d dimensions and side H, walked from the corner of zeros (Bengio et al.
 * 2021, "Flow Network based Generative Models for Non-Iterative Diverse Candidate Generation").
 *
 * <p>Forward action i &lt; d adds 1 to coordinate i, valid below H − 1; action d stops, valid in
 * every cell, and nothing else ends a trajectory: T = d·(H − 1) + 1. Backward action i &lt; d
 * subtracts 1 from coordinate i; action d undoes the stop and is the only one in a stopped state.
 *
 * <p>Objects have d tokens, the coordinates; V = H names, "0" and up. A state has d + 1 cells: its
 * coordinates, then 1 if it is stopped. Features are the coordinates as one-hot, F = d·H, the
 * root's zeros too; they do not show the stop, behind which nothing is chosen. The index among the
 * states at distance t is that of the cells whose coordinates add up to t, in lexicographic order,
 * then that of the stopped cells of t − 1.
 */
public final class Hypergrid extends TokenEnvironment {
  private final int dimensions;
  private final int side;
  private final int width;
  private final BoundedSums cells;

  /**
   * Creates the environment.
   *
   * @param dimensions d, at least 1
   * @param side H, at least 2
   */
  public Hypergrid(int dimensions, int side) {
    super(
        IntStream.range(0, side).mapToObj(Integer::toString).toList(),
        "-",
        dimensions,
        dimensions,
        dimensions + 1);
    if (side < 2) {
      throw new IllegalArgumentException("side " + side);
    }
    this.dimensions = dimensions;
    this.side = side;
    this.width = dimensions + 1;
    this.cells = new BoundedSums(dimensions, side);
  }

  @Override
  public String type() {
    return "hypergrid";
  }

  @Override
  public int maximumSteps() {
    return dimensions * (side - 1) + 1;
  }

  @Override
  public int actionCount() {
    return dimensions + 1;
  }

  @Override
  public int backwardActionCount() {
    return dimensions + 1;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The coordinates are its digits in base H.
   */
  @Override
  public float[] tableWeights() {
    return digitWeights(side, 0);
  }

  @Override
  public OptionalLong tableRows(boolean ended) {
    return digitRows(side);
  }

  @Override
  int token(StateBatch states, int row, int position) {
    return states.cells()[row * width + position];
  }

  @Override
  boolean isTerminal(StateBatch states, int row) {
    return states.cells()[row * width + dimensions] != 0;
  }

  @Override
  void markForward(StateBatch states, int row, boolean[] mask, int first) {
    boolean open = !isTerminal(states, row);
    for (int i = 0; i < dimensions; i++) {
      mask[first + i] = open && states.cells()[row * width + i] < side - 1;
    }
    mask[first + dimensions] = open;
  }

  @Override
  void markBackward(StateBatch states, int row, boolean[] mask, int first) {
    boolean stopped = isTerminal(states, row);
    for (int i = 0; i < dimensions; i++) {
      mask[first + i] = !stopped && states.cells()[row * width + i] > 0;
    }
    mask[first + dimensions] = stopped;
  }

  @Override
  int advance(StateBatch states, int row, int action) {
    if (action > dimensions
        || isTerminal(states, row)
        || (action < dimensions && states.cells()[row * width + action] >= side - 1)) {
      throw invalid(states, row, action);
    }
    states.cells()[row * width + action]++;
    return action;
  }

  @Override
  int retreat(StateBatch states, int row, int action) {
    if (action > dimensions
        || isTerminal(states, row) != (action == dimensions)
        || states.cells()[row * width + action] == 0) {
      throw invalid(states, row, action);
    }
    states.cells()[row * width + action]--;
    return action;
  }

  @Override
  void finish(StateBatch states, int row, ObjectBatch objects) {
    int steps = 1;
    for (int i = 0; i < dimensions; i++) {
      int coordinate = objects.tokens()[row * objects.width() + i];
      states.cells()[row * width + i] = coordinate;
      steps += coordinate;
    }
    states.cells()[row * width + dimensions] = 1;
    states.steps()[row] = steps;
  }

  @Override
  long count(int steps) {
    return SaturatedCount.sum(cells.count(dimensions, steps), cells.count(dimensions, steps - 1));
  }

  @Override
  void unrank(StateBatch states, int row, long index) {
    int sum = states.steps()[row];
    long rest = index;
    long open = cells.count(dimensions, sum);
    if (rest >= open) {
      rest -= open;
      sum--;
      states.cells()[row * width + dimensions] = 1;
    }
    for (int i = 0; i < dimensions; i++) {
      int coordinate = 0;
      long below = cells.count(dimensions - 1 - i, sum);
      while (rest >= below) {
        rest -= below;
        coordinate++;
        below = cells.count(dimensions - 1 - i, sum - coordinate);
      }
      states.cells()[row * width + i] = coordinate;
      sum -= coordinate;
    }
  }

  @Override
  long rank(StateBatch states, int row) {
    boolean stopped = isTerminal(states, row);
    int sum = states.steps()[row] - (stopped ? 1 : 0);
    long index = stopped ? SaturatedCount.exact(cells.count(dimensions, sum + 1)) : 0;
    for (int i = 0; i < dimensions; i++) {
      int coordinate = states.cells()[row * width + i];
      for (int lower = 0; lower < coordinate; lower++) {
        long below = cells.count(dimensions - 1 - i, sum - lower);
        index = Math.addExact(index, SaturatedCount.exact(below));
      }
      sum -= coordinate;
    }
    return index;
  }
}
