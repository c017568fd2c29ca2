package io.logitflow.exporter.graph;

import java.util.List;

/** What a loop does each time. */
@FunctionalInterface
public interface LoopBody {
  /**
   * Builds the body, in the graph that the loop stands in; values from before the loop and
   * constants may be used.
   *
   * @param iteration [1] how often the body ran before
   * @param carried what the last time gave, the initial values at first
   * @return what this time gives, all of it computed in the body
   */
  Results run(Value iteration, List<Value> carried);

  /**
   * What a body gives each time, and a loop in the end.
   *
   * @param carried of the types of the initial values
   * @param stacked of a body, values that are kept of each time; of a loop, these along a new first
   *     axis
   */
  record Results(List<Value> carried, List<Value> stacked) {
    /** Copies the lists. */
    public Results {
      carried = List.copyOf(carried);
      stacked = List.copyOf(stacked);
    }
  }
}
