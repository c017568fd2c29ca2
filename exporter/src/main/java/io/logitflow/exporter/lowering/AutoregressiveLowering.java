package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.environment.Autoregressive;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

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
    return new Strings(this, 1, choice.oneHot(), choice.oneHot());
  }

  /**
   * Strings after t steps.
   *
   * @param environment whose strings they are
   * @param steps t
   * @param oneHot [B, t·V]
   * @param last [B, V] the one-hot token that the last step added, zeros where it added none
   */
  record Strings(AutoregressiveLowering environment, int steps, Value oneHot, Value last)
      implements LoweredState {
    @Override
    public Value features(GraphBuilder graph) {
      return oneHot;
    }

    @Override
    public ValidActions forwardActions(GraphBuilder graph) {
      boolean stops = environment.varies && steps >= environment.minimumLength;
      return ValidActions.range(0, environment.vocabulary + (stops ? 1 : 0));
    }

    @Override
    public Optional<Value> running(GraphBuilder graph) {
      boolean mayHaveEnded = environment.varies && steps > environment.minimumLength;
      return mayHaveEnded ? Optional.of(sum(graph, last)) : Optional.empty();
    }

    @Override
    public LoweredState step(GraphBuilder graph, ActionChoice choice) {
      Value token = new ActionRange(0, environment.vocabulary).select(graph, choice.oneHot());
      Value longer = graph.apply(Operator.CONCAT, COLUMNS, oneHot, token);
      return new Strings(environment, steps + 1, longer, token);
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
      return sum(graph, choice.oneHot());
    }

    @Override
    public Value tokens(GraphBuilder graph) {
      return environment.strings.tokens(graph, oneHot);
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
              oneHot,
              graph.integers("columns", 1)));
    }

    /** Adds up a one-hot row: [B, n] to [B, 1]. */
    private static Value sum(GraphBuilder graph, Value oneHot) {
      int width = Math.toIntExact(oneHot.shape().size(1));
      float[] ones = new float[width];
      Arrays.fill(ones, 1);
      return graph.apply(
          Operator.MATMUL, oneHot, graph.constant("ones" + width, Shape.of(width, 1), ones));
    }
  }
}
