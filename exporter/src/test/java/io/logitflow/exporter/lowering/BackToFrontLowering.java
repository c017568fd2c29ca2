package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.BackToFront;
import io.logitflow.v1.ConstraintKind;
import io.logitflow.v1.DecodingDescription;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The lowering of the environment that docs/extending.md shows: strings of exactly L tokens, built
 * from the last to the first. V actions put a token in front, one takes the first token off. The
 * features are the tokens as one-hot at their positions [B, L·V], zeros in front of the first.
 */
final class BackToFrontLowering implements EnvironmentLowering {
  private final int length;
  private final int vocabulary;
  private final OneHotStrings strings;

  /**
   * Creates the lowering.
   *
   * @param environment the environment
   */
  BackToFrontLowering(BackToFront environment) {
    length = environment.maximumLength();
    vocabulary = environment.tokens().size();
    strings = new OneHotStrings(length, vocabulary);
  }

  @Override
  public ActionRange rootActions() {
    return new ActionRange(0, vocabulary);
  }

  @Override
  public LoweredState firstStep(GraphBuilder graph, ActionChoice choice) {
    return new Strings(this, 1, placed(graph, choice, length - 1));
  }

  @Override
  public int cells(int steps) {
    return length;
  }

  @Override
  public LoweredState resume(GraphBuilder graph, int steps, Value cells, @Nullable Value distance) {
    // The tokens stand right-aligned; what stands in front of them is not there.
    Value tokens = strings.oneHot(graph, cells, 0, length);
    float[] present = new float[length * vocabulary];
    Arrays.fill(present, (length - steps) * vocabulary, present.length, 1);
    Value mask = graph.constant("present", Shape.of(1, present.length), present);
    return new Strings(this, steps, graph.apply(Operator.MUL, tokens, mask));
  }

  @Override
  public DecodingDescription decoding() {
    return DecodingRules.of(IntStream.range(0, vocabulary))
        .atSteps(IntStream.range(0, length).map(step -> length - 1 - step))
        .supporting(
            ConstraintKind.ALLOWED_AT_STEP,
            ConstraintKind.ALLOWED_AT_POSITION,
            ConstraintKind.PREFIX,
            ConstraintKind.FORBIDDEN_TOKENS)
        .description();
  }

  /** Brings a chosen token to a position: [B, V] to [B, L·V]. */
  private Value placed(GraphBuilder graph, ActionChoice choice, int position) {
    int width = length * vocabulary;
    float[] columns = new float[vocabulary * width];
    for (int token = 0; token < vocabulary; token++) {
      columns[token * width + position * vocabulary + token] = 1;
    }
    return graph.apply(
        Operator.MATMUL,
        choice.oneHot(),
        graph.constant("position" + position, Shape.of(vocabulary, width), columns));
  }

  /**
   * Strings after t steps.
   *
   * @param environment whose strings they are
   * @param steps t, the number of tokens
   * @param oneHot [B, L·V]
   */
  record Strings(BackToFrontLowering environment, int steps, Value oneHot) implements LoweredState {
    @Override
    public Value features(GraphBuilder graph) {
      return oneHot;
    }

    @Override
    public ValidActions forwardActions(GraphBuilder graph) {
      return ValidActions.range(0, environment.vocabulary);
    }

    @Override
    public Optional<Value> running(GraphBuilder graph) {
      return Optional.empty();
    }

    @Override
    public LoweredState step(GraphBuilder graph, ActionChoice choice) {
      Value token = environment.placed(graph, choice, environment.length - steps - 1);
      return new Strings(environment, steps + 1, graph.apply(Operator.ADD, oneHot, token));
    }

    @Override
    public OptionalInt backwardActionCount() {
      return OptionalInt.of(1);
    }

    @Override
    public ValidActions backwardActions(GraphBuilder graph) {
      return ValidActions.range(0, 1);
    }

    @Override
    public Value backwardTwins(GraphBuilder graph, ActionChoice choice) {
      float[] ones = new float[environment.vocabulary];
      Arrays.fill(ones, 1);
      Value column = graph.constant("ones" + ones.length, Shape.of(ones.length, 1), ones);
      return graph.apply(Operator.MATMUL, choice.oneHot(), column);
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
