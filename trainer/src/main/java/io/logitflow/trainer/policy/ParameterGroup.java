package io.logitflow.trainer.policy;

/** Parameters that share a learning rate and a bound on their gradient's norm. */
public enum ParameterGroup {
  /** Weights of the policy's own networks, forward and backward. */
  POLICY,
  /** Tables of logits, forward and backward. */
  TABLE,
  /** Weights of the scale networks. */
  SCALE,
  /** Weights of the log-partition network. */
  LOG_PARTITION,
  /** Weights of the state-flow network. */
  STATE_FLOW
}
