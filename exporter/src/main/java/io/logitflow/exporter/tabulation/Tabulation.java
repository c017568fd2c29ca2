package io.logitflow.exporter.tabulation;

import io.logitflow.exporter.tabulation.TabulationPlan.Layout;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.GFlowNet;
import io.logitflow.trainer.policy.StatePolicy;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * The unscaled logits of all states up to a depth. They do not depend on β where logits are scaled
 * or β does not enter at all, so one table serves every β (Kim et al. 2024, "Learning to Scale
 * Logits"); where β enters by the layers there is none.
 */
public sealed interface Tabulation permits StateTables, EdgeTables {
  /** Returns how far the tables reach. */
  TabulationPlan plan();

  /**
   * Computes the tables that fit in a budget.
   *
   * @param environment the environment
   * @param network the form of the policy
   * @param policy gives the logits
   * @param cells how many of a state's cells tell it from others at as many steps
   * @param budget bytes that the tables may add to a graph
   * @return the tables; empty if none fit, or β enters the network by its layers
   */
  static Optional<Tabulation> of(
      Environment environment,
      GFlowNet network,
      StatePolicy policy,
      IntUnaryOperator cells,
      long budget) {
    if (PolicyTraits.readsBeta(network)) {
      return Optional.empty();
    }
    PolicyTraits traits = PolicyTraits.of(network);
    return TabulationPlan.choose(environment, traits, cells, budget)
        .map(
            plan ->
                plan.layout() == Layout.EDGE
                    ? EdgeTables.of(environment, policy, traits, plan)
                    : StateTables.of(
                        environment, policy, traits, cells.applyAsInt(plan.steps() - 1), plan));
  }

  /**
   * Returns log P_B of the first steps of a trajectory, where it is the same in all of them.
   *
   * @param environment the environment
   * @param steps how many steps
   */
  static double constantLogBackward(Environment environment, int steps) {
    double sum = 0;
    boolean[] mask = new boolean[environment.backwardActionCount()];
    for (int step = 1; step <= steps; step++) {
      environment.backwardMask(environment.states(step, 0, 1), mask);
      sum -= Math.log(LevelSurvey.count(mask, 0, mask.length));
    }
    return sum;
  }
}
