package io.logitflow.exporter.tabulation;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;

/** What is done with the states at a distance from the root, a batch of them at a time. */
@FunctionalInterface
interface StateVisitor {
  /** States of a batch; features and logits of so many fit in memory for any network in use. */
  int BATCH = 4_096;

  /**
   * Visits consecutive states.
   *
   * @param states the batch
   * @param first index of its first state at this distance
   */
  void visit(StateBatch states, int first);

  /**
   * Visits all states at a distance from the root.
   *
   * @param environment whose states they are
   * @param steps the distance
   * @param visitor is shown them in their order
   */
  static void visit(Environment environment, int steps, StateVisitor visitor) {
    int count = Math.toIntExact(environment.stateCount(steps).orElseThrow());
    for (int first = 0; first < count; first += BATCH) {
      visitor.visit(environment.states(steps, first, Math.min(BATCH, count - first)), first);
    }
  }
}
