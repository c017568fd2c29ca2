package io.logitflow.exporter.tabulation;

import io.logitflow.exporter.tabulation.PolicyTraits.Backward;
import io.logitflow.exporter.tabulation.TabulationPlan.BackwardSource;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.Optional;

/** log P_B of the edges of a table, where it is not the same in all states at a distance. */
public sealed interface BackwardTables {
  /**
   * A number for each edge, the same at every β; 0 where it leads back to its state.
   *
   * @param logProbabilities [E]
   */
  record ByEdge(float[] logProbabilities) implements BackwardTables {}

  /**
   * Logits, to be scaled.
   *
   * @param states S
   * @param actions C
   * @param logits [S, K·C] unscaled
   * @param valid [S, C] 1 for valid actions, else 0
   * @param children [E] the state that each edge leads to
   * @param twins [E] the backward action that undoes it, -1 where it leads back to its state
   */
  record ByState(
      int states, int actions, float[] logits, float[] valid, int[] children, int[] twins)
      implements BackwardTables {}

  /** Computes the tables that a plan asks for. */
  static Optional<BackwardTables> of(
      Environment environment,
      StatePolicy policy,
      PolicyTraits traits,
      TabulationPlan plan,
      StateNumbering numbering,
      Edges edges) {
    if (plan.backward() == BackwardSource.CONSTANT) {
      return Optional.empty();
    }
    StateLogits logits =
        traits.backward() == Backward.UNIFORM
            ? StateLogits.uniformBackward(environment, numbering)
            : StateLogits.backward(environment, numbering, policy);
    return Optional.of(
        plan.backward() == BackwardSource.EDGE
            ? new ByEdge(logProbabilities(logits, edges))
            : byState(logits, edges));
  }

  private static float[] logProbabilities(StateLogits logits, Edges edges) {
    float[] logProbabilities = new float[edges.count()];
    for (int edge = 0; edge < edges.count(); edge++) {
      if (edges.twin(edge) >= 0) {
        logProbabilities[edge] = logits.logProbability(edges.child(edge), edges.twin(edge));
      }
    }
    return logProbabilities;
  }

  private static ByState byState(StateLogits logits, Edges edges) {
    float[] valid = new float[logits.valid().length];
    for (int i = 0; i < valid.length; i++) {
      valid[i] = logits.valid()[i] ? 1 : 0;
    }
    return new ByState(
        logits.states(), logits.actions(), logits.logits(), valid, edges.children(), edges.twins());
  }
}
