package io.logitflow.exporter.tabulation;

import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.trainer.policy.ActionNetwork;
import io.logitflow.trainer.policy.GFlowNet;

/**
 * What a policy asks of the tables of its logits.
 *
 * @param heads K
 * @param ordered whether the order of a state's logits is the same at every β and nothing is
 *     clamped: the largest may then be subtracted beforehand
 * @param backward how P_B depends on state and β
 */
public record PolicyTraits(int heads, boolean ordered, Backward backward) {
  /** How P_B depends on state and β. */
  public enum Backward {
    /** The same for all valid actions of a state. */
    UNIFORM,
    /** Learned, the same at every β. */
    FIXED,
    /** Learned, its logits scaled at every β. */
    SCALED
  }

  /**
   * Returns the traits of a network that β does not enter by its layers.
   *
   * @param network the network
   */
  public static PolicyTraits of(GFlowNet network) {
    boolean ordered =
        network.heads() == 1
            && network.logitClamp().isEmpty()
            && network
                .forward()
                .scale()
                .map(scale -> scale.form() == ScaleForm.POSITIVE)
                .orElse(true);
    Backward backward =
        network
            .backward()
            .map(learned -> learned.scale().isPresent() ? Backward.SCALED : Backward.FIXED)
            .orElse(Backward.UNIFORM);
    return new PolicyTraits(network.heads(), ordered, backward);
  }

  /** Returns whether β enters a network by its layers, so that no table serves every β. */
  public static boolean readsBeta(GFlowNet network) {
    return readsBeta(network.forward())
        || network.backward().filter(PolicyTraits::readsBeta).isPresent();
  }

  private static boolean readsBeta(ActionNetwork network) {
    return network.encoding().isPresent();
  }
}
