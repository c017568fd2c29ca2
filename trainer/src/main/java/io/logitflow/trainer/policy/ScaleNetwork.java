package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The function of β whose outputs multiply the policy's heads of logits. One head is the scalar
 * f_θ(β) of Logit-GFN (Kim et al. 2024, section 3).
 */
public final class ScaleNetwork {
  private static final int WIDTH = 32;
  private static final double PAPER_CLAMP = 20;

  private final ScaleForm form;
  private final int heads;
  private final List<Mlp> networks;

  ScaleNetwork(String name, ScaleForm form, int heads) {
    this.form = form;
    this.heads = heads;
    ParameterGroup group = ParameterGroup.SCALE;
    this.networks =
        switch (form) {
          case PAPER ->
              List.of(
                  new Mlp(name + ".encoder", group, List.of(1, WIDTH, WIDTH, WIDTH)),
                  new Mlp(name + ".decoder", group, List.of(WIDTH, WIDTH, WIDTH, heads)));
          case POSITIVE ->
              List.of(new Mlp(name + ".network", group, List.of(1, WIDTH, WIDTH, heads)));
          case AFFINE -> List.of();
        };
  }

  /** Returns the form: which function of β goes in, and what is done to the output. */
  public ScaleForm form() {
    return form;
  }

  /**
   * Returns the networks, applied straight after one another. {@code PAPER} feeds them raw β and
   * takes the output as it is; {@code POSITIVE} feeds log β and takes the softplus; {@code AFFINE}
   * has none.
   */
  public List<Mlp> networks() {
    return networks;
  }

  /** Returns the bound to which scaled logits are clamped in this form, or empty if none. */
  public OptionalDouble logitClamp() {
    return form == ScaleForm.PAPER ? OptionalDouble.of(PAPER_CLAMP) : OptionalDouble.empty();
  }

  /**
   * Computes the scales.
   *
   * @param parameters the bound parameters
   * @param betas [N, 1]
   * @return [N, K]
   */
  NDArray apply(BoundParameters parameters, NDArray betas) {
    if (form == ScaleForm.AFFINE) {
      return heads == 1 ? betas : NDArrays.concat(new NDList(betas, betas.onesLike()), 1);
    }
    NDArray value = form == ScaleForm.POSITIVE ? betas.log() : betas;
    for (Mlp network : networks) {
      value = network.apply(parameters, value);
    }
    return form == ScaleForm.POSITIVE ? value.getNDArrayInternal().softPlus() : value;
  }
}
