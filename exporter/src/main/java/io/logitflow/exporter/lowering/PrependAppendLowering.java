package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.Attribute;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Operator;
import io.logitflow.exporter.graph.Shape;
import io.logitflow.exporter.graph.Value;
import io.logitflow.trainer.environment.PrependAppend;
import io.logitflow.trainer.environment.StateBatch;
import java.util.List;
import java.util.Map;

/**
 * Strings grown at either end. After t steps the features are the one-hot tokens [B, t·V]; of the
 * 2V actions the first V append and the others prepend, and in the root only the first V are valid.
 */
final class PrependAppendLowering implements EnvironmentLowering {
  private final int vocabulary;
  private final int length;
  private final ActionRange rootActions;
  private final float logBackward;

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
    environment.forwardMask(state, forward);
    rootActions = new ActionRange(0, count(forward));
    boolean[] backward = new boolean[environment.backwardActionCount()];
    double sum = 0;
    for (int step = 0; step < length; step++) {
      environment.step(state, new int[] {0}, new int[1]);
      environment.backwardMask(state, backward);
      sum -= Math.log(count(backward)); // Every valid backward action is equally likely.
    }
    logBackward = (float) sum;
  }

  private static int count(boolean[] mask) {
    int count = 0;
    for (boolean valid : mask) {
      count += valid ? 1 : 0;
    }
    return count;
  }

  @Override
  public ActionRange rootActions() {
    return rootActions;
  }

  @Override
  public LoweredState firstStep(GraphBuilder graph, ActionChoice choice) {
    return new Strings(this, choice.oneHot());
  }

  /**
   * Strings of t tokens.
   *
   * @param environment whose strings they are
   * @param features [B, t·V]
   */
  record Strings(PrependAppendLowering environment, Value features) implements LoweredState {
    @Override
    public LoweredState step(GraphBuilder graph, ActionChoice choice) {
      int vocabulary = environment.vocabulary;
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
              Operator.LESS,
              choice.position(),
              graph.constant("vocabulary", Shape.of(), vocabulary));
      return new Strings(
          environment,
          graph.apply(
              Operator.WHERE,
              appends,
              graph.apply(Operator.CONCAT, columns, features, token),
              graph.apply(Operator.CONCAT, columns, token, features)));
    }

    @Override
    public Value tokens(GraphBuilder graph) {
      int vocabulary = environment.vocabulary;
      int length = environment.length;
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
    public Value lengths(GraphBuilder graph, Value batch) {
      return everywhere(graph, "object.length", environment.length, batch);
    }

    @Override
    public Value logBackward(GraphBuilder graph, Value batch) {
      return everywhere(graph, "logPb", environment.logBackward, batch);
    }

    private static Value everywhere(GraphBuilder graph, String name, float number, Value batch) {
      return graph.apply(Operator.EXPAND, graph.constant(name, Shape.of(1), number), batch);
    }
  }
}
