package io.logitflow.trainer.policy;

/** Parameters that share a learning rate and a bound on their gradient's norm. */
public enum ParameterGroup {
  /** Weights of the policy's own network. */
  POLICY,
  /** Weights of the scale network. */
  SCALE,
  /** Weights of the log-partition network. */
  LOG_PARTITION
}
