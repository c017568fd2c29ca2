package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.List;

/**
 * The learned natural logarithm of the flow F(s; β) through states that are not terminal: a network
 * of features and raw β plus a constant that it starts from. F of the root is Z(β).
 */
public final class StateFlow {
  private final Mlp network;
  private final float initial;
  private final float[] rootFeatures;

  /**
   * Declares the network.
   *
   * @param hiddenWidths input side first
   * @param initial the constant
   * @param rootFeatures [F]
   */
  StateFlow(List<Integer> hiddenWidths, double initial, float[] rootFeatures) {
    List<Integer> widths = new ArrayList<>();
    widths.add(rootFeatures.length + 1);
    widths.addAll(hiddenWidths);
    widths.add(1);
    this.network = new Mlp("state_flow", ParameterGroup.STATE_FLOW, widths);
    this.initial = (float) initial;
    this.rootFeatures = rootFeatures;
  }

  /** Returns the network: features and β behind them [N, F + 1] to [N, 1]. */
  public Mlp network() {
    return network;
  }

  /** Returns the constant added to the network's output. */
  public float initial() {
    return initial;
  }

  /**
   * Computes log F.
   *
   * @param parameters the bound parameters
   * @param features [N, F] of states that are not terminal
   * @param betas [N, 1]
   * @return [N, 1]
   */
  NDArray apply(BoundParameters parameters, NDArray features, NDArray betas) {
    NDArray input = NDArrays.concat(new NDList(features, betas), 1);
    return network.apply(parameters, input).add(initial);
  }

  /**
   * Computes log F of the root, which is log Z(β).
   *
   * @param parameters the bound parameters
   * @param betas [N, 1]
   * @return [N, 1]
   */
  NDArray ofRoot(BoundParameters parameters, NDArray betas) {
    NDArray root = betas.getManager().create(rootFeatures).reshape(1, rootFeatures.length);
    return apply(parameters, root.repeat(0, betas.getShape().get(0)), betas);
  }
}
