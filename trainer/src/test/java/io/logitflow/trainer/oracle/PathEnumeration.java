package io.logitflow.trainer.oracle;

import java.util.HashMap;
import java.util.Map;

/**
 * The strings of a prepend-append environment by walking every path of additions, one at a time,
 * with nothing of the environment's own code.
 */
public final class PathEnumeration {
  private final int alphabet;
  private final int length;
  private final EdgeProbability edges;

  /** P_F of an edge. */
  public interface EdgeProbability {
    /**
     * Returns P_F.
     *
     * @param state tokens so far, one character each from {@code '0'}
     * @param action a below the alphabet's size appends a, else prepends a − size
     */
    double of(String state, int action);
  }

  /**
   * Creates an enumeration.
   *
   * @param alphabet V
   * @param length L
   * @param edges P_F
   */
  public PathEnumeration(int alphabet, int length, EdgeProbability edges) {
    this.alphabet = alphabet;
    this.length = length;
    this.edges = edges;
  }

  /** Returns p(x) of every string, the sum over all paths of the product of P_F. */
  public Map<String, Double> distribution() {
    Map<String, Double> result = new HashMap<>();
    walk("", 1, result);
    return result;
  }

  private void walk(String state, double probability, Map<String, Double> result) {
    if (state.length() == length) {
      result.merge(state, probability, Double::sum);
      return;
    }
    int actions = state.isEmpty() ? alphabet : 2 * alphabet;
    for (int action = 0; action < actions; action++) {
      char token = (char) ('0' + action % alphabet);
      String child = action < alphabet ? state + token : token + state;
      walk(child, probability * edges.of(state, action), result);
    }
  }
}
