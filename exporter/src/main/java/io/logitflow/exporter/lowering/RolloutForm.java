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
  INCREMENTAL,

  /**
   * The steps after the first are the body of a loop, and none of them reads a table: as many nodes
   * however long trajectories are. Where the first layer can grow it does.
   */
  LOOP;

  /**
   * Returns the fastest form that fits a model whose trajectories are short enough for their steps
   * to stand one after another.
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
    if (this == LOOP) {
      return environment.maximumSteps() > 1
          && EnvironmentLowering.of(environment).repeated(true).isPresent();
    }
    ActionNetwork forward = network.forward();
    return this == UNROLLED
        || (environment instanceof Autoregressive
            && forward.network().isPresent()
            && forward.windows().isEmpty()
            && forward.table().isEmpty());
  }
}
