package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.PrependAppend;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Strings that lose the last token (action 0) or the first.
 *
 * @param lowering their environment's
 * @param vocabulary V
 * @param size t, the tokens that are left
 * @param oneHot [B, t·V]; in the root what was there before
 */
record ReturningStrings(PrependAppendLowering lowering, int vocabulary, int size, Value oneHot)
    implements ReturningState {
  static ReturningStrings terminals(
      GraphBuilder graph, PrependAppend environment, ScoredObjects objects) {
    int length = environment.maximumLength();
    int vocabulary = environment.tokens().size();
    Value oneHot =
        graph.apply(
            Operator.RESHAPE,
            objects.oneHot(graph, vocabulary),
            graph.integers("strings", -1, (long) length * vocabulary));
    return new ReturningStrings(new PrependAppendLowering(environment), vocabulary, length, oneHot);
  }

  @Override
  public Optional<LoweredState> state() {
    return size == 0
        ? Optional.empty()
        : Optional.of(new PrependAppendLowering.Strings(lowering, oneHot, null));
  }

  @Override
  public Optional<Value> underWay(GraphBuilder graph) {
    return Optional.empty();
  }

  @Override
  public ValidActions backwardActions(GraphBuilder graph) {
    return ValidActions.range(0, size == 1 ? 1 : 2);
  }

  @Override
  public Undone undo(GraphBuilder graph, @Nullable ActionChoice choice) {
    if (size == 1) {
      return new Undone(new ReturningStrings(lowering, vocabulary, 0, oneHot), oneHot);
    }
    Value removed = Objects.requireNonNull(choice).oneHot();
    int kept = (size - 1) * vocabulary;
    Value head = Columns.slice(graph, oneHot, 0, kept);
    Value tail = Columns.slice(graph, oneHot, vocabulary, kept + vocabulary);
    Value first = Columns.slice(graph, oneHot, 0, vocabulary);
    Value last = Columns.slice(graph, oneHot, kept, kept + vocabulary);
    Value removesFirst =
        graph.apply(
            Operator.LESS, graph.constant("half", Shape.of(), 0.5f), choice.position(graph));
    Value twin =
        Columns.join(
            graph,
            graph.apply(Operator.MUL, last, Columns.slice(graph, removed, 0, 1)),
            graph.apply(Operator.MUL, first, Columns.slice(graph, removed, 1, 2)));
    Value parents = graph.apply(Operator.WHERE, removesFirst, tail, head);
    return new Undone(new ReturningStrings(lowering, vocabulary, size - 1, parents), twin);
  }
}
