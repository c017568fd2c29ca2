package io.logitflow.exporter.tabulation;

import io.logitflow.exporter.tabulation.BackwardTables.ByEdge;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.Arrays;
import java.util.Optional;

/**
 * Tables with a row for each edge A·s + a, action a in state s, of all states of an environment
 * whose objects lie T steps from the root and whose actions are all valid but in the root.
 *
 * @param plan how far they reach: T steps
 * @param root [A] the root's logits less the largest of the valid ones
 * @param rowWidth R = A + 2, or A + 3 with log P_B
 * @param rows [edges of states at up to T - 2 steps, R]: the logits of the state that the edge
 *     leads to, less the largest; how far its first edge lies behind this one, times {@link
 *     #SMALL}; the edge's own logit; log P_B, if it is not constant
 * @param lastRows [edges of states at T - 1 steps, R - A]: how far the number of the object lies
 *     behind the edge's; the edge's own logit; log P_B, if it is not constant
 * @param firstLast the number of the first edge of these
 * @param objects the tokens of the objects
 * @param backward log P_B where it is scaled by β
 */
public record EdgeTables(
    TabulationPlan plan,
    float[] root,
    int rowWidth,
    float[] rows,
    float[] lastRows,
    int firstLast,
    CellTable objects,
    Optional<BackwardTables.ByState> backward)
    implements Tabulation {
  /** So small a factor that the exponential of a distance between edges, scaled, is one. */
  public static final float SMALL = 0x1p-100f;

  /**
   * Computes the tables.
   *
   * @param environment the environment
   * @param policy gives the logits, which do not depend on β
   * @param traits of the policy
   * @param plan how far the tables reach, by edge
   */
  static EdgeTables of(
      Environment environment, StatePolicy policy, PolicyTraits traits, TabulationPlan plan) {
    int steps = environment.maximumSteps();
    StateNumbering all = StateNumbering.of(environment, steps);
    StateLogits logits =
        StateLogits.forward(environment, StateNumbering.of(environment, steps - 1), policy);
    Edges edges = Edges.of(environment, all);
    Optional<BackwardTables> backward =
        BackwardTables.of(environment, policy, traits, plan, all, edges);
    float[] logBackward =
        backward.orElse(null) instanceof ByEdge byEdge ? byEdge.logProbabilities() : null;
    int actions = logits.actions();
    int own = logBackward == null ? 1 : 2;
    int width = actions + 1 + own;
    int firstLast = all.first(steps - 1) * actions;
    float[] rows = new float[Math.multiplyExact(firstLast, width)];
    float[] last = new float[Math.multiplyExact(edges.count() - firstLast, 1 + own)];
    for (int edge = 0; edge < edges.count(); edge++) {
      int child = edges.child(edge);
      boolean inside = edge < firstLast;
      float[] target = inside ? rows : last;
      int at = inside ? edge * width : (edge - firstLast) * (1 + own);
      if (inside) {
        float largest = logits.largest(child);
        for (int action = 0; action < actions; action++) {
          target[at++] = logits.logits()[child * actions + action] - largest;
        }
      }
      target[at++] = inside ? (child * actions - edge) * SMALL : child - all.first(steps) - edge;
      int state = edge / actions;
      target[at++] = logits.logits()[edge] - logits.largest(state);
      if (logBackward != null) {
        target[at] = logBackward[edge];
      }
    }
    float[] rootRow = Arrays.copyOf(logits.logits(), actions);
    float largest = logits.largest(0);
    for (int action = 0; action < actions; action++) {
      rootRow[action] -= largest;
    }
    return new EdgeTables(
        plan,
        rootRow,
        width,
        rows,
        last,
        firstLast,
        CellTable.ofObjects(environment),
        backward
            .filter(BackwardTables.ByState.class::isInstance)
            .map(BackwardTables.ByState.class::cast));
  }
}
