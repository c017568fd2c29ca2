package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Strings grown at their end by one step that a loop repeats. The tokens of a step are kept,
 * numbers from 1 on and 0 for none; features [B, L·V] are carried only where a policy reads them
 * all, and which trajectories go on where lengths vary.
 *
 * @param strings the one-hot form
 * @param minimumLength the fewest tokens, L where all strings have as many
 * @param readsFeatures whether features are carried
 */
record RepeatedAppends(OneHotStrings strings, int minimumLength, boolean readsFeatures)
    implements RepeatedSteps {
  private boolean varies() {
    return minimumLength < strings.length();
  }

  @Override
  public List<Value> start(GraphBuilder graph, LoweredState first) {
    Value token = first.features(graph);
    List<Value> carried = new ArrayList<>();
    if (readsFeatures) {
      carried.add(strings.inFront(graph, token));
    }
    if (varies()) {
      carried.add(Columns.sum(graph, token));
    }
    return carried;
  }

  @Override
  public LoweredState resume(GraphBuilder graph, Value iteration, List<Value> carried) {
    return new Step(
        this,
        iteration,
        readsFeatures ? carried.get(0) : null,
        varies() ? carried.get(carried.size() - 1) : null,
        null);
  }

  @Override
  public List<Value> carry(GraphBuilder graph, LoweredState next) {
    Step step = (Step) next;
    List<Value> carried = new ArrayList<>();
    if (step.oneHot() != null) {
      carried.add(step.oneHot());
    }
    if (step.goesOn() != null) {
      carried.add(step.goesOn());
    }
    return carried;
  }

  @Override
  public Value appended(LoweredState next) {
    return tokenOf(next);
  }

  private static Value tokenOf(LoweredState next) {
    return Objects.requireNonNull(((Step) next).token());
  }

  @Override
  public List<Value> keep(GraphBuilder graph, LoweredState next) {
    return List.of(number(graph, tokenOf(next)));
  }

  @Override
  public DrawnObjects end(
      GraphBuilder graph, LoweredState first, List<Value> carried, List<Value> kept) {
    Value numbers = Columns.join(graph, number(graph, first.features(graph)), kept.get(0));
    if (!varies()) {
      Value one = graph.constant("one", Shape.of(), 1);
      return new DrawnObjects(graph.apply(Operator.SUB, numbers, one), Optional.empty());
    }
    Value present =
        Columns.toFloat(
            graph, graph.apply(Operator.LESS, graph.constant("half", Shape.of(), 0.5f), numbers));
    Value lengths = Columns.sumOfRows(graph, present);
    return new DrawnObjects(graph.apply(Operator.SUB, numbers, present), Optional.of(lengths));
  }

  @Override
  public OptionalInt backwardActionCount(int steps) {
    return OptionalInt.of(1);
  }

  /** Returns the number of a token, from 1 on, 0 for none: [B, V] to [B, 1]. */
  private Value number(GraphBuilder graph, Value token) {
    float[] numbers = new float[strings.vocabulary()];
    for (int id = 0; id < numbers.length; id++) {
      numbers[id] = id + 1;
    }
    return graph.apply(
        Operator.MATMUL,
        token,
        graph.constant("loop.numbers", Shape.of(numbers.length, 1), numbers));
  }

  /**
   * Strings inside a loop.
   *
   * @param steps what they are made by
   * @param iteration [1] t - 1, where t steps led to the states from which the step starts
   * @param oneHot [B, L·V]; null if nobody reads it
   * @param goesOn [B, 1] one where the trajectory goes on, else zero; null if all do
   * @param token [B, V] what the step added; null before it
   */
  private record Step(
      RepeatedAppends steps,
      Value iteration,
      @Nullable Value oneHot,
      @Nullable Value goesOn,
      @Nullable Value token)
      implements LoweredState {
    @Override
    public Value features(GraphBuilder graph) {
      return Objects.requireNonNull(oneHot);
    }

    @Override
    public ValidActions forwardActions(GraphBuilder graph) {
      int actions = steps.strings.vocabulary() + (goesOn == null ? 0 : 1);
      if (goesOn == null || steps.minimumLength <= 1) {
        return ValidActions.range(0, actions);
      }
      float[] sinceIteration = new float[actions];
      sinceIteration[actions - 1] = steps.minimumLength - 1;
      return ValidActions.masked(
          graph.apply(
              Operator.LESS_OR_EQUAL,
              graph.constant("loop.since", Shape.of(1, actions), sinceIteration),
              Columns.toFloat(graph, iteration)));
    }

    @Override
    public Optional<Value> running(GraphBuilder graph) {
      return Optional.ofNullable(goesOn);
    }

    @Override
    public LoweredState step(GraphBuilder graph, ActionChoice choice) {
      Value added = new ActionRange(0, steps.strings.vocabulary()).select(graph, choice.oneHot());
      return new Step(
          steps,
          iteration,
          oneHot == null
              ? null
              : graph.apply(Operator.ADD, oneHot, steps.strings.behind(graph, added, iteration)),
          goesOn == null ? null : Columns.sum(graph, added),
          added);
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
      throw new UnsupportedOperationException("one backward action has nothing to choose");
    }

    @Override
    public Value tokens(GraphBuilder graph) {
      throw new UnsupportedOperationException("tokens are kept of each step");
    }

    @Override
    public Optional<Value> lengths(GraphBuilder graph) {
      throw new UnsupportedOperationException("tokens are kept of each step");
    }
  }
}
