package io.logitflow.trainer.benchmark;

import java.util.List;

/**
 * Floating-point operations of the matrix products of a multilayer perceptron, a multiplication and
 * an addition each. Products with the input's gradient are left out: nobody needs it.
 */
final class OperationCount {
  private OperationCount() {}

  /**
   * Counts those of logits.
   *
   * @param widths input width, hidden widths, output width
   * @param states N, rows of the input
   */
  static double forward(List<Integer> widths, double states) {
    return 2 * states * weights(widths);
  }

  /**
   * Counts those of the gradients of weights and hidden layers from that of the logits.
   *
   * @param widths input width, hidden widths, output width
   * @param states N, rows of the input
   */
  static double backward(List<Integer> widths, double states) {
    return 2 * states * (weights(widths) + weights(widths.subList(1, widths.size())));
  }

  /**
   * Counts those of a round: logits once to sample, once for the loss, and the latter's gradients.
   *
   * @param widths input width, hidden widths, output width
   * @param states states that actions are taken in, all or the distinct ones
   */
  static double round(List<Integer> widths, double states) {
    return 2 * forward(widths, states) + backward(widths, states);
  }

  private static double weights(List<Integer> widths) {
    double weights = 0;
    for (int layer = 1; layer < widths.size(); layer++) {
      weights += (double) widths.get(layer - 1) * widths.get(layer);
    }
    return weights;
  }
}
