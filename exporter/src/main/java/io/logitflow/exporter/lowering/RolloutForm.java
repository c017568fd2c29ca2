package io.logitflow.exporter.lowering;

import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.ActionNetwork;
import io.logitflow.trainer.policy.GFlowNet;

/** How a rollout computes the steps that no table answers. */
public enum RolloutForm {
  /** Each step reads all features of its states. */
  UNROLLED,

  /**
   * The first layer grows by the features that a step adds, so that a step costs the same however
   * long the string is: where steps append and the policy is layers alone.
   */
  INCREMENTAL;

  /**
   * Returns the fastest form that fits a model.
   *
   * @param network the model's networks
   * @param environment what it builds objects in
   */
  public static RolloutForm of(GFlowNet network, Environment environment) {
    return INCREMENTAL.fits(network, environment) ? INCREMENTAL : UNROLLED;
  }

  /**
   * Returns whether a model can be computed in this form.
   *
   * @param network the model's networks
   * @param environment what it builds objects in
   */
  public boolean fits(GFlowNet network, Environment environment) {
    ActionNetwork forward = network.forward();
    return this == UNROLLED
        || (environment instanceof Autoregressive
            && forward.network().isPresent()
            && forward.windows().isEmpty()
            && forward.table().isEmpty());
  }
}
