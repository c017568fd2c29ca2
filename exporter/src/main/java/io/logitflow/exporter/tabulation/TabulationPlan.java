package io.logitflow.exporter.tabulation;

import io.logitflow.exporter.tabulation.PolicyTraits.Backward;
import io.logitflow.trainer.environment.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * How far tables reach within a budget, and how they are laid out: by state, a row of its logits,
 * or by edge, a row for each action of each state, of the logits in the state to which it leads: A
 * + 2 times as large, and faster to follow.
 *
 * @param layout of the rows
 * @param steps n, the steps whose logits come from the table, at least 2
 * @param masked whether a state that steps are taken from has actions that are not valid, the root
 *     apart, or is terminal
 * @param absorbs whether a trajectory may end before the last of these steps
 * @param backward how log P_B of the steps inside the table is known
 * @param states number of states whose logits are in the table
 * @param bytes of everything that the table adds to a graph
 */
public record TabulationPlan(
    Layout layout,
    int steps,
    boolean masked,
    boolean absorbs,
    BackwardSource backward,
    long states,
    long bytes) {
  /** Running sums are products with a matrix of A · A numbers. */
  private static final int MOST_ACTIONS = 1_024;

  /** Edge numbers are whole numbers in binary32. */
  private static final long MOST_EDGES = 1L << 24;

  /** How rows are laid out. */
  public enum Layout {
    /** A row for each state. */
    STATE,
    /** A row for each action of each state. */
    EDGE
  }

  /** Where log P_B of a step comes from. */
  public enum BackwardSource {
    /** It is the same number in all states at a distance from the root. */
    CONSTANT,
    /** It is a number for each edge, the same at every β. */
    EDGE,
    /** It is the softmax of scaled logits of the state that the edge leads to. */
    LOGITS
  }

  /**
   * Plans tables.
   *
   * @param environment the environment
   * @param traits of the policy
   * @param cells how many of a state's cells tell it from others at as many steps
   * @param budget bytes that the tables may add to a graph
   * @return the plan; empty if not even the states at one step from the root fit, every trajectory
   *     has one step alone, or there are more than 1,024 actions
   */
  public static Optional<TabulationPlan> choose(
      Environment environment, PolicyTraits traits, IntUnaryOperator cells, long budget) {
    List<LevelSurvey> levels = new ArrayList<>();
    Optional<TabulationPlan> best = Optional.empty();
    if (environment.actionCount() > MOST_ACTIONS) {
      return best;
    }
    levels.add(new LevelSurvey(1, false, false, 0, 0));
    for (int depth = 1; depth < environment.maximumSteps(); depth++) {
      long count = environment.stateCount(depth).orElse(Long.MAX_VALUE);
      if (count > budget / Float.BYTES || count > Integer.MAX_VALUE / environment.actionCount()) {
        return best;
      }
      levels.add(LevelSurvey.of(environment, depth));
      TabulationPlan plan = byState(environment, traits, cells, levels);
      if (plan.bytes() > budget || plan.states() * environment.actionCount() > Integer.MAX_VALUE) {
        return best;
      }
      best = Optional.of(plan);
    }
    return best.map(plan -> byEdge(environment, traits, levels, budget).orElse(plan));
  }

  private static TabulationPlan byState(
      Environment environment,
      PolicyTraits traits,
      IntUnaryOperator cells,
      List<LevelSurvey> levels) {
    int depth = levels.size() - 1;
    long actions = environment.actionCount();
    List<LevelSurvey> inside = levels.subList(1, depth);
    boolean absorbs = inside.stream().anyMatch(LevelSurvey::terminal);
    boolean masked = absorbs || inside.stream().anyMatch(LevelSurvey::masked);
    BackwardSource backward = source(traits, levels.subList(1, depth + 1), absorbs);
    long states = sum(levels);
    long edges = sum(levels.subList(0, depth)) * actions;
    long numbers =
        absorbs
            ? states * (cells.applyAsInt(depth) + 1)
            : (long) levels.get(depth).states() * cells.applyAsInt(depth);
    long bytes =
        Float.BYTES * states * actions * (traits.heads() + (masked ? 1 : 0))
            + Integer.BYTES * edges
            + numbers * CellTable.cellBytes(environment)
            + backwardBytes(environment, traits, backward, states, edges);
    return new TabulationPlan(Layout.STATE, depth + 1, masked, absorbs, backward, states, bytes);
  }

  /** Plans rows by edge of all states, if the policy and the budget allow. */
  private static Optional<TabulationPlan> byEdge(
      Environment environment, PolicyTraits traits, List<LevelSurvey> below, long budget) {
    int steps = environment.maximumSteps();
    long objects = environment.stateCount(steps).orElse(Long.MAX_VALUE);
    boolean uneven = below.stream().skip(1).anyMatch(level -> level.terminal() || level.masked());
    long actions = environment.actionCount();
    long states = sum(below);
    long edges = states * actions;
    if (!traits.ordered() || uneven || objects > budget || edges >= MOST_EDGES) {
      return Optional.empty();
    }
    List<LevelSurvey> levels = new ArrayList<>(below);
    levels.add(LevelSurvey.of(environment, steps));
    BackwardSource backward = source(traits, levels.subList(1, steps + 1), false);
    // In the rows themselves, unless it is scaled.
    long backwardBytes =
        backward == BackwardSource.LOGITS
            ? backwardBytes(environment, traits, backward, states + objects, edges)
                + Integer.BYTES * edges
            : 0;
    long chosen = backward == BackwardSource.EDGE ? 2 : 1;
    long lastEdges = below.get(steps - 1).states() * actions;
    long bytes =
        Float.BYTES * ((edges - lastEdges) * (actions + 1 + chosen) + lastEdges * (1 + chosen))
            + objects * environment.maximumLength() * CellTable.tokenBytes(environment)
            + backwardBytes;
    return bytes <= budget
        ? Optional.of(new TabulationPlan(Layout.EDGE, steps, false, false, backward, states, bytes))
        : Optional.empty();
  }

  private static BackwardSource source(
      PolicyTraits traits, List<LevelSurvey> levels, boolean absorbs) {
    boolean single = levels.stream().allMatch(level -> level.mostParents() == 1);
    boolean even = levels.stream().allMatch(level -> level.fewestParents() == level.mostParents());
    if (!absorbs && (single || (even && traits.backward() == Backward.UNIFORM))) {
      return BackwardSource.CONSTANT;
    }
    return traits.backward() == Backward.SCALED ? BackwardSource.LOGITS : BackwardSource.EDGE;
  }

  /** Returns the bytes of tables of log P_B beside the states that edges lead to. */
  private static long backwardBytes(
      Environment environment,
      PolicyTraits traits,
      BackwardSource source,
      long states,
      long edges) {
    long actions = environment.backwardActionCount();
    return switch (source) {
      case CONSTANT -> 0;
      case EDGE -> Float.BYTES * edges;
      case LOGITS -> Float.BYTES * states * actions * (traits.heads() + 1) + Integer.BYTES * edges;
    };
  }

  private static long sum(List<LevelSurvey> levels) {
    return levels.stream().mapToLong(LevelSurvey::states).sum();
  }
}
