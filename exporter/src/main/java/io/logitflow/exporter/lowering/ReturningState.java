package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.Hypergrid;
import io.logitflow.trainer.environment.NonAutoregressive;
import io.logitflow.trainer.environment.PrependAppend;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The states of B trajectories that are taken back from objects, after as many steps, as values of
 * a graph; one that has come to the root stays there. The step back of an environment stands here,
 * what else its states are in its {@link LoweredState}.
 *
 * <p>Nodes are made when they are asked for, so each is asked for once in a state, where needed.
 */
interface ReturningState {
  /**
   * Returns the terminal states of objects.
   *
   * @return empty if the environment has no step back here
   */
  static Optional<ReturningState> terminals(
      GraphBuilder graph, Environment environment, ScoredObjects objects) {
    if (environment instanceof PrependAppend strings) {
      return Optional.of(ReturningStrings.terminals(graph, strings, objects));
    }
    if (environment instanceof Hypergrid grid) {
      return Optional.of(ReturningCells.terminals(grid, objects));
    }
    if (environment instanceof NonAutoregressive words) {
      return Optional.of(ReturningWords.terminals(graph, words, objects));
    }
    return Optional.empty();
  }

  /**
   * Returns the same states as those of trajectories on their way forward.
   *
   * @return empty if all lie in the root, or all have stopped
   */
  Optional<LoweredState> state();

  /**
   * Returns which trajectories have not come to the root.
   *
   * @return [B, 1] one where it has not, else zero; empty if none has
   */
  Optional<Value> underWay(GraphBuilder graph);

  /**
   * Returns the valid backward actions, where a mask shows none at least one that is not taken. One
   * alone without a mask is not chosen.
   */
  ValidActions backwardActions(GraphBuilder graph);

  /**
   * Takes a step back.
   *
   * @param choice one of {@link #backwardActions} in each row, none where the trajectory has come
   *     to the root; null if there is one action alone
   */
  Undone undo(GraphBuilder graph, @Nullable ActionChoice choice);

  /**
   * A step back.
   *
   * @param parents the states that it led to
   * @param twin [B, n] one at the forward action that it undid, of those that are valid in some row
   *     of the parents; zeros where none was undone
   */
  record Undone(ReturningState parents, Value twin) {}
}
