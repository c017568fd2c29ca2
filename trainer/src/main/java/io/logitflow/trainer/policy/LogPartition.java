package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * The learned natural logarithm of the partition function Z(β): a network of raw β plus a constant
 * that it starts from. Raw β, since log Z grows linearly in β far out, as a piecewise linear
 * network does.
 */
public final class LogPartition {
  private static final int WIDTH = 32;

  private final Mlp network =
      new Mlp("log_partition", ParameterGroup.LOG_PARTITION, List.of(1, WIDTH, WIDTH, 1));
  private final float initial;

  LogPartition(double initial) {
    this.initial = (float) initial;
  }

  /** Returns the network of raw β. */
  public Mlp network() {
    return network;
  }

  /** Returns the constant added to the network's output. */
  public float initial() {
    return initial;
  }

  /**
   * Computes log Z.
   *
   * @param parameters the bound parameters
   * @param betas [N, 1]
   * @return [N, 1]
   */
  NDArray apply(BoundParameters parameters, NDArray betas) {
    return network.apply(parameters, betas).add(initial);
  }
}
