package io.logitflow.exporter.tabulation;

import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.Optional;

/**
 * Tables with a row for each state. S states lie at up to D steps from the root, E edges start at
 * those at fewer.
 *
 * @param plan how far they reach: D + 1 steps
 * @param numbering of the states
 * @param rowWidth R: K·A logits, and A marks where the plan is masked
 * @param shifted whether the logits of a row are less its largest
 * @param rows [S, R] unscaled logits; the marks are 0 for a valid action and {@link #EXCLUDED} for
 *     others
 * @param children [E] the state that each edge leads to
 * @param cells of the states that may be reached after D steps
 * @param firstCells the number of the first of these states
 * @param backward log P_B of the edges; empty where it is constant
 */
public record StateTables(
    TabulationPlan plan,
    StateNumbering numbering,
    int rowWidth,
    boolean shifted,
    float[] rows,
    int[] children,
    CellTable cells,
    int firstCells,
    Optional<BackwardTables> backward)
    implements Tabulation {
  /** Added to a logit, leaves nothing of its exponential, and is finite times any scale. */
  public static final float EXCLUDED = -1e30f;

  /**
   * Computes the tables.
   *
   * @param environment the environment
   * @param policy gives the logits, which do not depend on β
   * @param traits of the policy
   * @param cells how many of a state's cells tell it from others at D steps
   * @param plan how far the tables reach, by state
   */
  static StateTables of(
      Environment environment,
      StatePolicy policy,
      PolicyTraits traits,
      int cells,
      TabulationPlan plan) {
    StateNumbering numbering = StateNumbering.of(environment, plan.steps() - 1);
    StateLogits logits = StateLogits.forward(environment, numbering, policy);
    Edges edges = Edges.of(environment, numbering);
    int learned = logits.heads() * logits.actions();
    int width = learned + (plan.masked() ? logits.actions() : 0);
    float[] rows = logits.logits();
    boolean shifted = traits.ordered() && !plan.masked();
    if (plan.masked()) {
      rows = new float[Math.multiplyExact(logits.states(), width)];
      for (int state = 0; state < logits.states(); state++) {
        System.arraycopy(logits.logits(), state * learned, rows, state * width, learned);
        for (int action = 0; action < logits.actions(); action++) {
          boolean valid = logits.valid()[state * logits.actions() + action];
          rows[state * width + learned + action] = valid ? 0 : EXCLUDED;
        }
      }
    } else if (shifted) {
      for (int state = 0; state < logits.states(); state++) {
        float largest = logits.largest(state);
        for (int i = state * width; i < (state + 1) * width; i++) {
          rows[i] -= largest;
        }
      }
    }
    return new StateTables(
        plan,
        numbering,
        width,
        shifted,
        rows,
        edges.children(),
        CellTable.ofStates(environment, numbering, cells, plan.absorbs()),
        plan.absorbs() ? 0 : numbering.first(numbering.depth()),
        BackwardTables.of(environment, policy, traits, plan, numbering, edges));
  }
}
