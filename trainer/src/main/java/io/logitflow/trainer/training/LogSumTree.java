package io.logitflow.trainer.training;

import java.util.Arrays;

/**
 * Weights by slot, given and summed as logarithms, so that none overflows or drowns the others for
 * good: a binary tree whose nodes hold the logarithm of the sum below them. To set a weight and to
 * draw in proportion to the weights both take as many steps as the tree is deep. A node is a
 * function of its two children alone, so equal weights give equal trees, whatever came before.
 */
final class LogSumTree {
  private static final int FIRST_LEAVES = 64;

  private int leaves = FIRST_LEAVES;

  /** The root at 1, the children of i at 2i and 2i + 1, the leaves at the end. */
  private double[] nodes = empty(FIRST_LEAVES);

  private static double[] empty(int leaves) {
    double[] nodes = new double[2 * leaves];
    Arrays.fill(nodes, Double.NEGATIVE_INFINITY);
    return nodes;
  }

  /**
   * Sets the weight of a slot.
   *
   * @param slot at least 0
   * @param logWeight finite
   */
  void set(int slot, double logWeight) {
    if (slot >= leaves) {
      grow(slot);
    }
    int node = leaves + slot;
    nodes[node] = logWeight;
    for (node /= 2; node > 0; node /= 2) {
      nodes[node] = logSum(nodes[2 * node], nodes[2 * node + 1]);
    }
  }

  private void grow(int slot) {
    int before = leaves;
    double[] old = nodes;
    while (slot >= leaves) {
      leaves = Math.multiplyExact(2, leaves);
    }
    nodes = empty(leaves);
    System.arraycopy(old, before, nodes, leaves, before);
    for (int node = leaves - 1; node > 0; node--) {
      nodes[node] = logSum(nodes[2 * node], nodes[2 * node + 1]);
    }
  }

  /**
   * Chooses a slot with a probability in proportion to its weight.
   *
   * @param uniform in [0, 1); at least one weight must have been set
   */
  int draw(double uniform) {
    double within = uniform;
    int node = 1;
    while (node < leaves) {
      double left = Math.exp(nodes[2 * node] - nodes[node]);
      // Rounding may take what is left of the uniform to 1, where nothing lies to the right.
      if (within < left || nodes[2 * node + 1] == Double.NEGATIVE_INFINITY) {
        within /= left;
        node = 2 * node;
      } else {
        within = (within - left) / (1 - left);
        node = 2 * node + 1;
      }
    }
    return node - leaves;
  }

  private static double logSum(double a, double b) {
    double greater = Math.max(a, b);
    return greater == Double.NEGATIVE_INFINITY
        ? greater
        : greater + Math.log1p(Math.exp(Math.min(a, b) - greater));
  }
}
