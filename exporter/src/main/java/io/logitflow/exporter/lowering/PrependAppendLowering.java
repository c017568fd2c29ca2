package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.PrependAppend;
import io.logitflow.v1.ConstraintKind;
import io.logitflow.v1.DecodingDescription;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Strings grown at either end. After t steps the features are the one-hot tokens [B, t·V]; of the
 * 2V actions the first V append and the others prepend, and in the root only the first V are valid.
 * Backward, the last token is removed or the first, a single one as the last alone.
 */
final class PrependAppendLowering implements EnvironmentLowering {
  private static final int BACKWARD_ACTIONS = 2;

  private final int vocabulary;
  private final OneHotStrings strings;

  /**
   * Creates the lowering.
   *
   * @param environment the environment
   */
  PrependAppendLowering(PrependAppend environment) {
    vocabulary = environment.tokens().size();
    strings = new OneHotStrings(environment.maximumLength(), vocabulary);
  }

  @Override
  public ActionRange rootActions() {
    return new ActionRange(0, vocabulary);
  }

  @Override
  public LoweredState firstStep(GraphBuilder graph, ActionChoice choice) {
    return new Strings(this, choice.oneHot(), null);
  }

  @Override
  public int cells(int steps) {
    return steps;
  }

  @Override
  public LoweredState resume(GraphBuilder graph, int steps, Value cells, @Nullable Value distance) {
    return new Strings(this, strings.oneHot(graph, cells, 0, steps), null);
  }

  @Override
  public Optional<RepeatedSteps> repeated(boolean readsFeatures) {
    return Optional.of(new RepeatedEnds(this));
  }

  /** Brings actions into the tokens that they add: [B, 2V] to [B, V], both one-hot. */
  private Value tokenOf(GraphBuilder graph, ActionChoice choice) {
    float[] tokens = new float[2 * vocabulary * vocabulary];
    for (int action = 0; action < 2 * vocabulary; action++) {
      tokens[action * vocabulary + action % vocabulary] = 1;
    }
    return graph.apply(
        Operator.MATMUL,
        choice.oneHot(),
        graph.constant("tokenOfAction", Shape.of(2L * vocabulary, vocabulary), tokens));
  }

  @Override
  public Optional<LastToken> lastToken() {
    return Optional.of(
        new LastToken(
            strings.length(),
            vocabulary,
            2 * vocabulary,
            strings.length() == 1 ? 1 : BACKWARD_ACTIONS));
  }

  @Override
  public DecodingDescription decoding() {
    return DecodingRules.of(IntStream.range(0, 2 * vocabulary).map(action -> action % vocabulary))
        .supporting(ConstraintKind.FORBIDDEN_TOKENS)
        // A string can be grown from any of its tokens, and a step knows none of their positions.
        .cuttingBy(ConstraintKind.ALLOWED_AT_STEP)
        .description();
  }

  /**
   * A step whose number only the loop knows; after it strings have two tokens or more.
   *
   * @param environment whose steps they are
   */
  private record RepeatedEnds(PrependAppendLowering environment) implements RepeatedSteps {
    @Override
    public List<Value> start(GraphBuilder graph, LoweredState first) {
      return List.of(environment.strings.inFront(graph, ((Strings) first).oneHot()));
    }

    @Override
    public LoweredState resume(GraphBuilder graph, Value iteration, List<Value> carried) {
      return new Strings(environment, carried.get(0), iteration);
    }

    @Override
    public List<Value> carry(GraphBuilder graph, LoweredState next) {
      return List.of(((Strings) next).oneHot());
    }

    @Override
    public DrawnObjects end(
        GraphBuilder graph, LoweredState first, List<Value> carried, List<Value> kept) {
      return DrawnObjects.of(graph, new Strings(environment, carried.get(0), null));
    }

    @Override
    public OptionalInt backwardActionCount(int steps) {
      return OptionalInt.of(BACKWARD_ACTIONS);
    }
  }

  /**
   * Strings of t tokens.
   *
   * @param environment whose strings they are
   * @param oneHot [B, t·V]; inside a loop [B, L·V], zeros behind the t tokens
   * @param iteration [1] t - 1 where only a loop knows it, else null
   */
  record Strings(PrependAppendLowering environment, Value oneHot, @Nullable Value iteration)
      implements LoweredState {
    @Override
    public Value features(GraphBuilder graph) {
      return oneHot;
    }

    @Override
    public ValidActions forwardActions(GraphBuilder graph) {
      return ValidActions.range(0, 2 * environment.vocabulary);
    }

    @Override
    public Optional<Value> running(GraphBuilder graph) {
      return Optional.empty();
    }

    @Override
    public LoweredState step(GraphBuilder graph, ActionChoice choice) {
      Value token = environment.tokenOf(graph, choice);
      // Whoever passes the last token to append prepends.
      Value prepends = Columns.column(graph, choice.passed(), environment.vocabulary - 1);
      return new Strings(
          environment,
          iteration == null
              ? graph.apply(
                  Operator.WHERE,
                  prepends,
                  Columns.join(graph, token, oneHot),
                  Columns.join(graph, oneHot, token))
              : grown(graph, token, prepends, iteration),
          null);
    }

    /** Returns strings as wide as before: what is prepended moves the others by one position. */
    private Value grown(GraphBuilder graph, Value token, Value prepends, Value iteration) {
      int width = Math.toIntExact(oneHot.shape().size(1));
      Value others = Columns.slice(graph, oneHot, 0, width - environment.vocabulary);
      Value appended = environment.strings.behind(graph, token, iteration);
      return graph.apply(
          Operator.WHERE,
          prepends,
          Columns.join(graph, token, others),
          graph.apply(Operator.ADD, oneHot, appended));
    }

    @Override
    public OptionalInt backwardActionCount() {
      boolean single = oneHot.shape().size(1) == environment.vocabulary;
      return OptionalInt.of(single ? 1 : BACKWARD_ACTIONS);
    }

    @Override
    public ValidActions backwardActions(GraphBuilder graph) {
      return ValidActions.range(0, backwardActionCount().getAsInt());
    }

    @Override
    public Value backwardTwins(GraphBuilder graph, ActionChoice choice) {
      int actions = Math.toIntExact(choice.oneHot().shape().size(1));
      float[] twins = new float[actions * BACKWARD_ACTIONS];
      for (int action = 0; action < actions; action++) {
        twins[action * BACKWARD_ACTIONS + action / environment.vocabulary] = 1;
      }
      return graph.apply(
          Operator.MATMUL,
          choice.oneHot(),
          graph.constant("twins" + actions, Shape.of(actions, BACKWARD_ACTIONS), twins));
    }

    @Override
    public Value tokens(GraphBuilder graph) {
      return environment.strings.tokens(graph, oneHot);
    }

    @Override
    public Optional<Value> lengths(GraphBuilder graph) {
      return Optional.empty();
    }
  }
}
