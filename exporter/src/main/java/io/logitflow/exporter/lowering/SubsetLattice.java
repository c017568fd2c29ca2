package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.NonAutoregressive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The 2^L subsets of the positions of a word that may be filled already, by their size. The kinds
 * of actions are the positions, each filled with the token that the word has there.
 */
final class SubsetLattice implements ObjectLattice {
  private final NonAutoregressiveLowering lowering;
  private final int length;
  private final int vocabulary;
  private final Value oneHot;
  private final List<List<Integer>> subsets = new ArrayList<>();
  private final Map<Integer, Integer> places = new HashMap<>();

  /**
   * Lists the subsets.
   *
   * @param environment whose the words are
   * @param objects words that are scored
   */
  SubsetLattice(GraphBuilder graph, NonAutoregressive environment, ScoredObjects objects) {
    this.lowering = new NonAutoregressiveLowering(environment);
    length = environment.maximumLength();
    vocabulary = environment.tokens().size();
    oneHot =
        graph.apply(
            Operator.RESHAPE,
            objects.oneHot(graph, vocabulary),
            graph.integers("oneWord", -1, 1, (long) length * vocabulary));
    for (int size = 0; size <= length; size++) {
      subsets.add(new ArrayList<>());
    }
    for (int subset = 0; subset < 1 << length; subset++) {
      List<Integer> level = subsets.get(Integer.bitCount(subset));
      places.put(subset, level.size());
      level.add(subset);
    }
  }

  /** Returns the number of subsets, saturated. */
  static long count(NonAutoregressive environment) {
    return environment.maximumLength() >= Long.SIZE - 1
        ? Long.MAX_VALUE
        : 1L << environment.maximumLength();
  }

  @Override
  public int levels() {
    return length;
  }

  @Override
  public int states(int level) {
    return subsets.get(level).size();
  }

  @Override
  public int kinds() {
    return length;
  }

  @Override
  public int child(int level, int state, int kind) {
    int subset = subsets.get(level).get(state);
    return (subset >> kind & 1) == 1 ? -1 : places.get(subset | 1 << kind);
  }

  @Override
  public LoweredState rows(GraphBuilder graph, int level) {
    int width = length * vocabulary;
    float[] filled = new float[states(level) * width];
    for (int i = 0; i < filled.length; i++) {
      int position = i % width / vocabulary;
      filled[i] = subsets.get(level).get(i / width) >> position & 1;
    }
    Value kept =
        graph.apply(
            Operator.MUL,
            oneHot,
            graph.constant("filled" + level, Shape.of(1, states(level), width), filled));
    Value rows = graph.apply(Operator.RESHAPE, kept, graph.integers("words", -1, width));
    return new NonAutoregressiveLowering.Words(lowering, level, rows);
  }

  @Override
  public Value edges(GraphBuilder graph, Value actions) {
    Value added = graph.apply(Operator.MUL, actions, oneHot);
    Value byPosition =
        graph.apply(Operator.RESHAPE, added, graph.integers("byPosition", -1, length, vocabulary));
    return graph.apply(
        Operator.RESHAPE,
        Columns.sumOfLast(graph, byPosition),
        graph.integers("byState" + actions.shape().size(1), -1, actions.shape().size(1), length));
  }

  @Override
  public Optional<Value> ended(GraphBuilder graph, int level, Value reached, Value actions) {
    return Optional.empty();
  }
}
