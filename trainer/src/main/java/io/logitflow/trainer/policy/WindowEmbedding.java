package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.trainer.environment.Environment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A learned vector for all that can stand in a window of k adjacent positions, {@code NAME.j.rows}
 * [R, W] for the window that begins at position j. The vectors of a state's windows sum up to what
 * they add to the first layer of an MLP: that layer then reads k-mers by position, as one-hot
 * features of R columns for each of the S − k + 1 windows would let it, without their product.
 */
public final class WindowEmbedding implements LearnedTensors {
  private final String name;
  private final int windows;
  private final int rows;
  private final int width;

  /** [F, windows] */
  private final float[] weights;

  /**
   * Declares the vectors.
   *
   * @param name prefix of its parameters' names
   * @param environment whose features are one-hot tokens by position
   * @param window k, the positions of a window
   * @param width W, the width of the MLP's first layer
   * @throws InvalidInputException if states have fewer positions, other features, or windows that
   *     can be filled in too many ways
   */
  WindowEmbedding(String name, Environment environment, int window, int width) {
    int positions = environment.maximumLength();
    int vocabulary = environment.tokens().size();
    if (window > positions || environment.featureCount() != positions * vocabulary) {
      throw new InvalidInputException(
          "policy.window",
          "" + window,
          "at most the "
              + positions
              + " positions of a state, in an environment whose features are a token or none at"
              + " each");
    }
    this.name = name;
    this.windows = positions - window + 1;
    this.width = width;
    float[] digits = Arrays.copyOf(environment.tableWeights(), window * vocabulary);
    double needed = 1;
    for (int position = 0; position < window; position++) {
      double highest = 0;
      for (int token = 0; token < vocabulary; token++) {
        highest = Math.max(highest, digits[position * vocabulary + token]);
      }
      needed += highest;
    }
    double most = StateTable.mostRows((long) width * windows);
    if (!(needed <= most)) {
      throw new InvalidInputException(
          "policy.window",
          String.format(Locale.ROOT, "%d, which can be filled in %.0f ways", window, needed),
          String.format(Locale.ROOT, "at most %.0f ways", most));
    }
    this.rows = (int) needed;
    this.weights = new float[environment.featureCount() * windows];
    for (int first = 0; first < windows; first++) {
      for (int i = 0; i < digits.length; i++) {
        weights[(first * vocabulary + i) * windows + first] = digits[i];
      }
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ParameterGroup group() {
    return ParameterGroup.POLICY;
  }

  @Override
  public Map<String, List<Integer>> shapes() {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    for (int window = 0; window < windows; window++) {
      shapes.put(parameter(window), List.of(rows, width));
    }
    return shapes;
  }

  /**
   * Returns the name of a window's parameter.
   *
   * @param window the position at which it begins
   */
  public String parameter(int window) {
    return name + "." + window + ".rows";
  }

  /** Returns the number of windows. */
  public int windows() {
    return windows;
  }

  /** Returns R, the rows of each window. */
  public int rows() {
    return rows;
  }

  /** Returns W, the numbers of a row. */
  public int width() {
    return width;
  }

  /** Returns weights [F, windows] that features are multiplied by for the row of each window. */
  public float[] weights() {
    return weights.clone();
  }

  /**
   * Sums up the vectors of states' windows.
   *
   * @param parameters the bound parameters
   * @param features [N, F]
   * @return [N, W]
   */
  NDArray apply(BoundParameters parameters, NDArray features) {
    NDManager manager = features.getManager();
    NDArray places = manager.create(weights, new Shape(features.getShape().get(1), windows));
    // By window first, so that the numbers of one lie side by side.
    NDArray numbers = features.matMul(places).transpose().toType(DataType.INT64, false);
    NDArray sum = rowsOf(parameters, numbers, 0);
    for (int window = 1; window < windows; window++) {
      sum = sum.addi(rowsOf(parameters, numbers, window));
    }
    return sum;
  }

  private NDArray rowsOf(BoundParameters parameters, NDArray numbers, int window) {
    NDArray table = parameters.get(parameter(window));
    return table
        .getNDArrayInternal()
        .embedding(numbers.get(window), table, SparseFormat.DENSE)
        .singletonOrThrow();
  }
}
