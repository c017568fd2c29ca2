package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.environment.Environment;
import java.util.List;
import java.util.Map;

/**
 * A learned row of numbers for every state, {@code NAME.rows} [R, W]. A state's row is found by its
 * features, which times the environment's weights sum up to the row's number.
 */
public final class StateTable implements LearnedTensors {
  /** Whole numbers up to here are exact in the 32-bit floats that rows are found with. */
  private static final long MOST_ROWS = 1 << 24;

  /** The optimiser keeps four numbers for each of these. */
  private static final long MOST_NUMBERS = 1 << 26;

  private final String name;
  private final int rows;
  private final int width;
  private final float[] weights;

  /**
   * Declares a table.
   *
   * @param name prefix of its parameter's name
   * @param environment numbers the states
   * @param ended whether terminal states have a row of their own; if not, what is looked up for
   *     them is of no meaning
   * @param width W, the numbers of a row
   * @throws InvalidInputException if the environment has too many states
   */
  StateTable(String name, Environment environment, boolean ended, int width) {
    long most = mostRows(width);
    long needed = environment.tableRows(ended).orElse(Long.MAX_VALUE);
    if (needed > most) {
      throw new InvalidInputException(
          "policy.network",
          "a table of "
              + (needed == Long.MAX_VALUE ? "more than 2^63" : "" + needed)
              + " states of "
              + width
              + " numbers each",
          "at most " + most + " states, or mlp");
    }
    this.name = name;
    this.rows = (int) needed;
    this.width = width;
    this.weights = environment.tableWeights();
  }

  /**
   * Returns how many rows are found exactly and leave an optimiser room.
   *
   * @param width numbers of a row
   */
  static long mostRows(long width) {
    return Math.min(MOST_ROWS, MOST_NUMBERS / width);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ParameterGroup group() {
    return ParameterGroup.TABLE;
  }

  /** Returns the name of the one parameter. */
  public String parameter() {
    return name + ".rows";
  }

  @Override
  public Map<String, List<Integer>> shapes() {
    return Map.of(parameter(), List.of(rows, width));
  }

  /** Returns R, the number of rows. */
  public int rows() {
    return rows;
  }

  /** Returns the weights of features, [F]. */
  public float[] weights() {
    return weights.clone();
  }

  /**
   * Looks up rows.
   *
   * @param parameters the bound parameters
   * @param features [N, F]
   * @return [N, W]
   */
  NDArray apply(BoundParameters parameters, NDArray features) {
    NDArray column = features.getManager().create(weights, new Shape(weights.length, 1));
    NDArray row =
        features.matMul(column).reshape(-1).clip(0, rows - 1).toType(DataType.INT64, false);
    NDArray table = parameters.get(parameter());
    return table.getNDArrayInternal().embedding(row, table, SparseFormat.DENSE).singletonOrThrow();
  }
}
