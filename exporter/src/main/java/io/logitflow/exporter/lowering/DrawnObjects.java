package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import java.util.Optional;

/**
 * The objects that B trajectories built.
 *
 * @param tokens [B, S] token ids as floats, zeros behind the end
 * @param lengths [B] as floats; empty where every object has S tokens
 */
record DrawnObjects(Value tokens, Optional<Value> lengths) {
  /** Reads the objects off terminal states. */
  static DrawnObjects of(GraphBuilder graph, LoweredState state) {
    return new DrawnObjects(state.tokens(graph), state.lengths(graph));
  }
}
