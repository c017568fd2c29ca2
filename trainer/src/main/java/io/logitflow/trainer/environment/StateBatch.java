package io.logitflow.trainer.environment;

import java.util.Arrays;

/**
 * A batch of states: a row of integer cells, whose meaning is the environment's, and the number of
 * steps from the root for each. Mutable, since environments step in place; not thread-safe.
 */
public final class StateBatch {
  private final int rows;
  private final int width;
  private final int[] cells;
  private final int[] steps;

  /**
   * Creates a batch of zero cells, zero steps from the root.
   *
   * @param rows N
   * @param width W, the number of cells of a state
   */
  public StateBatch(int rows, int width) {
    this(rows, width, new int[rows * width], new int[rows]);
  }

  private StateBatch(int rows, int width, int[] cells, int[] steps) {
    this.rows = rows;
    this.width = width;
    this.cells = cells;
    this.steps = steps;
  }

  /** Returns N, the number of states. */
  public int rows() {
    return rows;
  }

  /** Returns W, the number of cells of a state. */
  public int width() {
    return width;
  }

  /** Returns the live cells, [N, W] row-major. */
  public int[] cells() {
    return cells;
  }

  /** Returns the live numbers of steps from the root, [N]. */
  public int[] steps() {
    return steps;
  }

  /** Returns a copy that shares nothing with this batch. */
  public StateBatch copy() {
    return new StateBatch(rows, width, cells.clone(), steps.clone());
  }

  /**
   * Returns a copy of some rows.
   *
   * @param firstRow the first of them
   * @param count how many
   */
  public StateBatch rows(int firstRow, int count) {
    return new StateBatch(
        count,
        width,
        Arrays.copyOfRange(cells, firstRow * width, (firstRow + count) * width),
        Arrays.copyOfRange(steps, firstRow, firstRow + count));
  }

  /**
   * Returns a copy of some of the rows, which shares nothing with this batch.
   *
   * @param chosen the rows' numbers in this batch
   */
  public StateBatch select(int[] chosen) {
    StateBatch selected = new StateBatch(chosen.length, width);
    for (int row = 0; row < chosen.length; row++) {
      System.arraycopy(cells, chosen[row] * width, selected.cells, row * width, width);
      selected.steps[row] = steps[chosen[row]];
    }
    return selected;
  }

  /**
   * Copies all rows of a batch into this one.
   *
   * @param source a batch of the same width
   * @param firstRow row of this batch that receives the source's first
   */
  public void put(StateBatch source, int firstRow) {
    System.arraycopy(source.cells, 0, cells, firstRow * width, source.rows * width);
    System.arraycopy(source.steps, 0, steps, firstRow, source.rows);
  }
}
