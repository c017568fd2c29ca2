package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.NonAutoregressive;
import io.logitflow.v1.ConstraintKind;
import io.logitflow.v1.DecodingDescription;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Words of L positions filled in any order. Features and actions are numbered alike, by position
 * and token, so a step adds the one-hot action to the features [B, L·V]. The actions of empty
 * positions are valid; backward, a filled position is emptied.
 */
final class NonAutoregressiveLowering implements EnvironmentLowering {
  private final int length;
  private final int vocabulary;
  private final OneHotStrings strings;

  /**
   * Creates the lowering.
   *
   * @param environment the environment
   */
  NonAutoregressiveLowering(NonAutoregressive environment) {
    length = environment.maximumLength();
    vocabulary = environment.tokens().size();
    strings = new OneHotStrings(length, vocabulary);
  }

  @Override
  public ActionRange rootActions() {
    return new ActionRange(0, length * vocabulary);
  }

  @Override
  public LoweredState firstStep(GraphBuilder graph, ActionChoice choice) {
    return new Words(this, 1, choice.oneHot());
  }

  @Override
  public int cells(int steps) {
    return length;
  }

  @Override
  public LoweredState resume(GraphBuilder graph, int steps, Value cells, @Nullable Value distance) {
    return new Words(this, steps, strings.oneHot(graph, cells, 1, length));
  }

  @Override
  public Optional<RepeatedSteps> repeated(boolean readsFeatures) {
    return Optional.of(new RepeatedWords(this));
  }

  @Override
  public DecodingDescription decoding() {
    IntStream actions = IntStream.range(0, length * vocabulary);
    return DecodingRules.of(actions.map(action -> action % vocabulary))
        .atActions(IntStream.range(0, length * vocabulary).map(action -> action / vocabulary))
        .supporting(
            ConstraintKind.ALLOWED_AT_POSITION,
            ConstraintKind.PREFIX,
            ConstraintKind.FORBIDDEN_TOKENS)
        .description();
  }

  /**
   * A step whose number is not known, which only the number of backward actions depends on.
   *
   * @param environment whose steps they are
   */
  private record RepeatedWords(NonAutoregressiveLowering environment) implements RepeatedSteps {
    @Override
    public LoweredState resume(GraphBuilder graph, Value iteration, List<Value> carried) {
      return filled(carried);
    }

    @Override
    public List<Value> carry(GraphBuilder graph, LoweredState next) {
      return List.of(((Words) next).oneHot());
    }

    @Override
    public DrawnObjects end(
        GraphBuilder graph, LoweredState first, List<Value> carried, List<Value> kept) {
      return DrawnObjects.of(graph, filled(carried));
    }

    private Words filled(List<Value> carried) {
      return new Words(environment, environment.length, carried.get(0));
    }

    @Override
    public OptionalInt backwardActionCount(int steps) {
      return OptionalInt.of(steps);
    }
  }

  /**
   * Words after t steps.
   *
   * @param environment whose words they are
   * @param steps t, the number of filled positions
   * @param oneHot [B, L·V]
   */
  record Words(NonAutoregressiveLowering environment, int steps, Value oneHot)
      implements LoweredState {
    @Override
    public Value features(GraphBuilder graph) {
      return oneHot;
    }

    @Override
    public ValidActions forwardActions(GraphBuilder graph) {
      int vocabulary = environment.vocabulary;
      Value filled = environment.strings.counts(graph, oneHot, true);
      float[] halves = new float[vocabulary];
      Arrays.fill(halves, 0.5f);
      Value empty =
          graph.apply(
              Operator.LESS, filled, graph.constant("halves", Shape.of(1, 1, vocabulary), halves));
      return ValidActions.masked(
          graph.apply(
              Operator.RESHAPE,
              empty,
              graph.integers("words", -1, (long) environment.length * vocabulary)));
    }

    @Override
    public Optional<Value> running(GraphBuilder graph) {
      return Optional.empty();
    }

    @Override
    public LoweredState step(GraphBuilder graph, ActionChoice choice) {
      return new Words(environment, steps + 1, graph.apply(Operator.ADD, oneHot, choice.oneHot()));
    }

    @Override
    public OptionalInt backwardActionCount() {
      return OptionalInt.of(steps);
    }

    @Override
    public ValidActions backwardActions(GraphBuilder graph) {
      Value filled = environment.strings.counts(graph, oneHot, false);
      return ValidActions.masked(
          graph.apply(Operator.LESS, graph.constant("half", Shape.of(), 0.5f), filled));
    }

    @Override
    public Value backwardTwins(GraphBuilder graph, ActionChoice choice) {
      return environment.strings.counts(graph, choice.oneHot(), false);
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
