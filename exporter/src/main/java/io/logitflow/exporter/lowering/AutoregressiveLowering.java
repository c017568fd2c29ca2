package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Autoregressive;
import io.logitflow.v1.ConstraintKind;
import io.logitflow.v1.DecodingDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Strings grown at their end. After t steps the features are the one-hot tokens [B, t·V], zeros
 * behind the end of those that are stopped; V actions append, and where lengths vary the last one
 * stops, from the minimum length on. A trajectory that goes on has as many tokens as steps, so the
 * valid actions are the same in all rows.
 */
final class AutoregressiveLowering implements EnvironmentLowering {
  private static final Map<String, Attribute> COLUMNS = Map.of("axis", new Attribute.Whole(1));

  private final int vocabulary;
  private final int minimumLength;
  private final boolean varies;
  private final OneHotStrings strings;

  /**
   * Creates the lowering.
   *
   * @param environment the environment
   */
  AutoregressiveLowering(Autoregressive environment) {
    vocabulary = environment.tokens().size();
    minimumLength = environment.minimumLength();
    varies = minimumLength < environment.maximumLength();
    strings = new OneHotStrings(environment.maximumLength(), vocabulary);
  }

  @Override
  public ActionRange rootActions() {
    return new ActionRange(0, vocabulary);
  }

  @Override
  public LoweredState firstStep(GraphBuilder graph, ActionChoice choice) {
    return new Strings(this, 1, List.of(choice.oneHot()));
  }

  @Override
  public int cells(int steps) {
    return varies ? strings.length() + 1 : steps;
  }

  @Override
  public LoweredState resume(GraphBuilder graph, int steps, Value cells, @Nullable Value distance) {
    Value oneHot = strings.oneHot(graph, cells, 0, steps);
    if (varies) {
      oneHot = graph.apply(Operator.MUL, oneHot, present(graph, steps, cells, distance));
    }
    if (steps == 1) {
      return new Strings(this, steps, List.of(oneHot));
    }
    int before = (steps - 1) * vocabulary;
    return new Strings(
        this,
        steps,
        List.of(
            new ActionRange(0, before).select(graph, oneHot),
            new ActionRange(before, vocabulary).select(graph, oneHot)));
  }

  @Override
  public Optional<LastToken> lastToken() {
    return varies
        ? Optional.empty()
        : Optional.of(new LastToken(strings.length(), vocabulary, vocabulary, 1));
  }

  @Override
  public Optional<RepeatedSteps> repeated(boolean readsFeatures) {
    return Optional.of(
        new RepeatedAppends(strings, varies ? minimumLength : strings.length(), readsFeatures));
  }

  @Override
  public DecodingDescription decoding() {
    DecodingRules rules =
        DecodingRules.of(IntStream.range(0, vocabulary))
            .atSteps(IntStream.range(0, strings.length()))
            .supporting(
                ConstraintKind.ALLOWED_AT_STEP,
                ConstraintKind.ALLOWED_AT_POSITION,
                ConstraintKind.PREFIX,
                ConstraintKind.FORBIDDEN_TOKENS);
    return varies
        ? rules.stoppingAt(vocabulary).supporting(ConstraintKind.LENGTH).description()
        : rules.description();
  }

  /** Marks the positions that have a token: one step each, and one more of those that stopped. */
  private Value present(GraphBuilder graph, int steps, Value cells, @Nullable Value distance) {
    Value stopped = new ActionRange(strings.length(), 1).select(graph, cells);
    Value taken = distance == null ? graph.constant("resume.steps", Shape.of(), steps) : distance;
    float[] positions = new float[steps * vocabulary];
    for (int column = 0; column < positions.length; column++) {
      int position = column / vocabulary;
      positions[column] = position;
    }
    Value place = graph.constant("resume.positions", Shape.of(1, positions.length), positions);
    return Columns.toFloat(
        graph, graph.apply(Operator.LESS, place, graph.apply(Operator.SUB, taken, stopped)));
  }

  /**
   * Strings after t steps.
   *
   * @param environment whose strings they are
   * @param steps t
   * @param parts one-hot tokens, [B, t·V] together; the last is that of the last step, [B, V],
   *     zeros where it added none
   */
  record Strings(AutoregressiveLowering environment, int steps, List<Value> parts)
      implements LoweredState {
    @Override
    public Value features(GraphBuilder graph) {
      return parts.size() == 1
          ? parts.get(0)
          : graph.apply(Operator.CONCAT, COLUMNS, parts.toArray(Value[]::new));
    }

    @Override
    public Optional<AppendedFeatures> appended() {
      return Optional.of(new AppendedFeatures((steps - 1) * environment.vocabulary, last()));
    }

    private Value last() {
      return parts.get(parts.size() - 1);
    }

    @Override
    public ValidActions forwardActions(GraphBuilder graph) {
      boolean stops = environment.varies && steps >= environment.minimumLength;
      return ValidActions.range(0, environment.vocabulary + (stops ? 1 : 0));
    }

    @Override
    public Optional<Value> running(GraphBuilder graph) {
      boolean mayHaveEnded = environment.varies && steps > environment.minimumLength;
      return mayHaveEnded ? Optional.of(Columns.sum(graph, last())) : Optional.empty();
    }

    @Override
    public LoweredState step(GraphBuilder graph, ActionChoice choice) {
      Value token = new ActionRange(0, environment.vocabulary).select(graph, choice.oneHot());
      List<Value> longer = new ArrayList<>(parts);
      longer.add(token);
      return new Strings(environment, steps + 1, List.copyOf(longer));
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
      return Columns.sum(graph, choice.oneHot());
    }

    @Override
    public Value tokens(GraphBuilder graph) {
      return environment.strings.tokens(graph, features(graph));
    }

    @Override
    public Optional<Value> lengths(GraphBuilder graph) {
      if (!environment.varies) {
        return Optional.empty();
      }
      return Optional.of(
          graph.apply(
              Operator.REDUCE_SUM,
              Map.of("keepdims", new Attribute.Whole(0)),
              features(graph),
              graph.integers("columns", 1)));
    }
  }
}
