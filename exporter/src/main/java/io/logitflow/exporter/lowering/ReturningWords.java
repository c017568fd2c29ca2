package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.NonAutoregressive;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Words whose positions are emptied, backward action p position p.
 *
 * @param lowering their environment's
 * @param length L
 * @param vocabulary V
 * @param filled t, the positions that are filled
 * @param oneHot [B, L·V]
 */
record ReturningWords(
    NonAutoregressiveLowering lowering, int length, int vocabulary, int filled, Value oneHot)
    implements ReturningState {
  static ReturningWords terminals(
      GraphBuilder graph, NonAutoregressive environment, ScoredObjects objects) {
    int length = environment.maximumLength();
    int vocabulary = environment.tokens().size();
    Value oneHot =
        graph.apply(
            Operator.RESHAPE,
            objects.oneHot(graph, vocabulary),
            graph.integers("words", -1, (long) length * vocabulary));
    return new ReturningWords(
        new NonAutoregressiveLowering(environment), length, vocabulary, length, oneHot);
  }

  private NonAutoregressiveLowering.Words words() {
    return new NonAutoregressiveLowering.Words(lowering, filled, oneHot);
  }

  @Override
  public Optional<LoweredState> state() {
    return filled == 0 ? Optional.empty() : Optional.of(words());
  }

  @Override
  public Optional<Value> underWay(GraphBuilder graph) {
    return Optional.empty();
  }

  @Override
  public ValidActions backwardActions(GraphBuilder graph) {
    return filled == length ? ValidActions.range(0, length) : words().backwardActions(graph);
  }

  @Override
  public Undone undo(GraphBuilder graph, @Nullable ActionChoice choice) {
    if (choice == null) {
      // The one position of words of one.
      return new Undone(parents(oneHot), oneHot);
    }
    int width = length * vocabulary;
    float[] repetition = new float[length * width];
    for (int column = 0; column < width; column++) {
      repetition[column / vocabulary * width + column] = 1;
    }
    Value emptied =
        graph.apply(
            Operator.MATMUL,
            choice.oneHot(),
            graph.constant("words.repetition", Shape.of(length, width), repetition));
    Value twin = graph.apply(Operator.MUL, oneHot, emptied);
    return new Undone(parents(graph.apply(Operator.SUB, oneHot, twin)), twin);
  }

  private ReturningWords parents(Value left) {
    return new ReturningWords(lowering, length, vocabulary, filled - 1, left);
  }
}
