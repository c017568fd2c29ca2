package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.Arrays;
import java.util.Objects;

/**
 * log p(x; β) by dynamic programming over all states of a lattice: a state's probability is the
 * sum, over the actions that lead to it, of that of the state before times P_F. All states at one
 * distance from the root are one evaluation of the policy.
 */
final class LatticeScore {
  /** In place of the logarithm of zero: finite, and far below any that counts. */
  private static final float NOTHING = -1e30f;

  private final PolicyLowering policy;
  private final ObjectLattice lattice;

  /**
   * Creates the lowering.
   *
   * @param policy the trained networks
   * @param lattice the states
   */
  LatticeScore(PolicyLowering policy, ObjectLattice lattice) {
    this.policy = policy;
    this.lattice = lattice;
  }

  /**
   * Sums over the trajectories of objects.
   *
   * @return [B] log p
   */
  Value logProbability(GraphBuilder graph, ScoredObjects objects) {
    // The root is reached with certainty, in every row.
    Value reached = graph.apply(Operator.SUB, objects.lengths(), objects.lengths());
    Value total = null;
    for (int level = 0; level < lattice.levels(); level++) {
      graph.section("level" + level);
      Value actions = actions(graph, objects.beta(), level);
      Value ended = lattice.ended(graph, level, reached, actions).orElse(null);
      if (ended != null) {
        total = total == null ? ended : graph.apply(Operator.ADD, total, ended);
      }
      if (lattice.states(level + 1) > 0) {
        reached = next(graph, level, reached, lattice.edges(graph, actions));
      }
    }
    graph.section("sum");
    return graph.apply(
        Operator.RESHAPE, total == null ? reached : total, graph.integers("asRow", -1));
  }

  /** Returns log P_F in the states at a distance, [B, n, A]; far below zero where not valid. */
  private Value actions(GraphBuilder graph, Value beta, int level) {
    int states = lattice.states(level);
    LoweredState rows = lattice.rows(graph, level);
    Value betas = Columns.repeat(graph, beta, states);
    ValidActions valid = rows.forwardActions(graph);
    Value logits =
        policy.forward(graph, betas).ofStates(graph, rows.features(graph), valid.range());
    Value logProbabilities = Softmax.logarithms(graph, logits, valid.mask());
    int actions = valid.range().count();
    return graph.apply(
        Operator.RESHAPE,
        logProbabilities,
        graph.integers("states" + states + "." + actions, -1, states, actions));
  }

  /**
   * Takes the states at a distance to the next.
   *
   * @param reached [B, n]
   * @param edges [B, n, kinds]
   * @return [B, n'] of the states there
   */
  private Value next(GraphBuilder graph, int level, Value reached, Value edges) {
    Value sum = null;
    for (int kind = 0; kind < lattice.kinds(); kind++) {
      int states = lattice.states(level);
      int children = lattice.states(level + 1);
      float[] selection = new float[states * children];
      float[] absent = new float[children];
      Arrays.fill(absent, NOTHING);
      boolean any = false;
      for (int state = 0; state < states; state++) {
        int child = lattice.child(level, state, kind);
        if (child >= 0) {
          selection[state * children + child] = 1;
          absent[child] = 0;
          any = true;
        }
      }
      if (any) {
        Value column =
            graph.apply(
                Operator.SLICE,
                edges,
                graph.integers("at" + kind, kind),
                graph.integers("at" + (kind + 1), kind + 1),
                graph.integers("lastAxis", 2));
        Value flow = graph.apply(Operator.ADD, reached, Columns.sumOfLast(graph, column));
        String name = level + "." + kind;
        Value moved =
            graph.apply(
                Operator.GEMM,
                flow,
                graph.constant("moved" + name, Shape.of(states, children), selection),
                graph.constant("absent" + name, Shape.of(children), absent));
        sum = sum == null ? moved : logSum(graph, sum, moved);
      }
    }
    return Objects.requireNonNull(sum);
  }

  /** Returns log(e^a + e^b) = max + log(1 + e^(min − max)). */
  private static Value logSum(GraphBuilder graph, Value a, Value b) {
    Value less = graph.apply(Operator.LESS, a, b);
    Value larger = graph.apply(Operator.WHERE, less, b, a);
    Value smaller = graph.apply(Operator.WHERE, less, a, b);
    Value distance = graph.apply(Operator.SUB, smaller, larger);
    return graph.apply(Operator.ADD, larger, graph.apply(Operator.SOFTPLUS, distance));
  }
}
