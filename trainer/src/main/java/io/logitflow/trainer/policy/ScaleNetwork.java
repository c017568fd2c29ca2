package io.logitflow.trainer.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.config.TrainingConfig;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The function of β whose outputs multiply the policy's heads of logits. One head is the scalar
 * f_θ(β) of Logit-GFN (Kim et al. 2024, section 3).
 */
public final class ScaleNetwork {
  private static final int WIDTH = 32;
  private static final double PAPER_CLAMP = 20;

  private final ScaleForm form;
  private final List<Mlp> networks;
  private final @Nullable BetaBasis basis;

  /**
   * Declares the function.
   *
   * @param name prefix of its parameters' names
   * @param form its form
   * @param heads K, its outputs
   * @param training says over which range β is trained
   */
  ScaleNetwork(String name, ScaleForm form, int heads, TrainingConfig training) {
    this.form = form;
    this.basis =
        form == ScaleForm.AFFINE
            ? BetaBasis.of(heads, training.lowestBeta(), training.highestBeta())
            : null;
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

  /** Returns the fixed scales of {@code AFFINE}, where the form is that. */
  public Optional<BetaBasis> basis() {
    return Optional.ofNullable(basis);
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
    if (basis != null) {
      NDManager manager = betas.getManager();
      NDArray scales =
          betas.mul(manager.create(basis.ofBeta())).addi(manager.create(basis.ofOne()));
      return basis.readsLogarithm()
          ? scales.addi(betas.log().mul(manager.create(basis.ofLogBeta())))
          : scales;
    }
    NDArray value = form == ScaleForm.POSITIVE ? betas.log() : betas;
    for (Mlp network : networks) {
      value = network.apply(parameters, value);
    }
    return form == ScaleForm.POSITIVE ? value.getNDArrayInternal().softPlus() : value;
  }
}
