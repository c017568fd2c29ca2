package io.logitflow.trainer.oracle;

import java.util.HashMap;
import java.util.Map;

/**
 * The objects of an environment by walking every path of a {@link PlainGraph}, with nothing of the
 * environment's own code.
 */
public final class PathEnumeration {
  private final PlainGraph graph;
  private final EdgeProbability edges;

  /** P_F of an edge. */
  public interface EdgeProbability {
    /**
     * Returns P_F.
     *
     * @param state of the graph
     * @param action one of those that lead to its children
     */
    double of(String state, int action);
  }

  /**
   * Creates an enumeration.
   *
   * @param graph the states
   * @param edges P_F
   */
  public PathEnumeration(PlainGraph graph, EdgeProbability edges) {
    this.graph = graph;
    this.edges = edges;
  }

  /**
   * Returns p(x) of every terminal state of the graph, the sum over all paths of the product of
   * P_F.
   */
  public Map<String, Double> distribution() {
    Map<String, Double> result = new HashMap<>();
    walk(graph.root(), 1, result);
    return result;
  }

  private void walk(String state, double probability, Map<String, Double> result) {
    Map<Integer, String> children = graph.children(state);
    if (children.isEmpty()) {
      result.merge(state, probability, Double::sum);
    }
    children.forEach((action, child) -> walk(child, probability * edges.of(state, action), result));
  }
}
