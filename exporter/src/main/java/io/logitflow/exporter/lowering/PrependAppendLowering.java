package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.Attribute;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Operator;
import io.logitflow.exporter.graph.Shape;
import io.logitflow.exporter.graph.Value;
import io.logitflow.trainer.environment.PrependAppend;
import io.logitflow.trainer.environment.StateBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Strings grown at either end. After t steps the features are the one-hot tokens [B, t·V]; of the
 * 2V actions the first V append and the others prepend, and in the root only the first V are valid.
 */
final class PrependAppendLowering implements EnvironmentLowering {
  private final int vocabulary;
  private final int length;
  private final List<ActionRange> validActions = new ArrayList<>();
  private final List<Integer> backwardActions = new ArrayList<>();

  /**
   * Reads the masks off one trajectory: here they are the same in all states of a length.
   *
   * @param environment the environment
   */
  PrependAppendLowering(PrependAppend environment) {
    vocabulary = environment.tokens().size();
    length = environment.maximumLength();
    StateBatch state = environment.roots(1);
    boolean[] forward = new boolean[environment.actionCount()];
    boolean[] backward = new boolean[environment.backwardActionCount()];
    for (int steps = 0; steps <= length; steps++) {
      environment.forwardMask(state, forward);
      environment.backwardMask(state, backward);
      validActions.add(new ActionRange(0, count(forward)));
      backwardActions.add(count(backward));
      if (steps < length) {
        environment.step(state, new int[] {0}, new int[1]);
      }
    }
  }

  private static int count(boolean[] mask) {
    int count = 0;
    for (boolean valid : mask) {
      count += valid ? 1 : 0;
    }
    return count;
  }

  @Override
  public ActionRange validActions(int steps) {
    return validActions.get(steps);
  }

  @Override
  public int backwardActions(int steps) {
    return backwardActions.get(steps);
  }

  @Override
  public Value firstStep(GraphBuilder graph, ActionChoice choice) {
    return choice.oneHot();
  }

  @Override
  public Value step(GraphBuilder graph, Value features, ActionChoice choice) {
    Map<String, Attribute> columns = Map.of("axis", new Attribute.Whole(1));
    List<Value> byEnd =
        graph.applyAll(
            Operator.SPLIT,
            columns,
            choice.oneHot(),
            graph.integers("ends", vocabulary, vocabulary));
    Value token = graph.apply(Operator.ADD, byEnd.get(0), byEnd.get(1));
    Value appends =
        graph.apply(
            Operator.LESS, choice.position(), graph.constant("vocabulary", Shape.of(), vocabulary));
    return graph.apply(
        Operator.WHERE,
        appends,
        graph.apply(Operator.CONCAT, columns, features, token),
        graph.apply(Operator.CONCAT, columns, token, features));
  }

  @Override
  public Value tokens(GraphBuilder graph, Value features) {
    float[] ids = new float[vocabulary];
    for (int token = 0; token < vocabulary; token++) {
      ids[token] = token;
    }
    Value oneHot =
        graph.apply(
            Operator.RESHAPE, features, graph.integers("positions", -1, length, vocabulary));
    Value decoded =
        graph.apply(Operator.MATMUL, oneHot, graph.constant("ids", Shape.of(vocabulary, 1), ids));
    return graph.apply(Operator.RESHAPE, decoded, graph.integers("strings", -1, length));
  }

  @Override
  public Value lengths(GraphBuilder graph, Value features, Value batch) {
    return graph.apply(
        Operator.EXPAND, graph.constant("object.length", Shape.of(1), (float) length), batch);
  }
}
