package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * log P_B of B trajectories while their steps are added: at each state, of the backward action that
 * undoes the step which led there. What is the same in all rows costs no nodes.
 */
final class BackwardSum {
  private final @Nullable ConditionedLogits learned;
  private final LogProbabilitySum sum = new LogProbabilitySum();

  /**
   * Starts at the root.
   *
   * @param learned P_B; empty if it is uniform over the valid backward actions
   */
  BackwardSum(Optional<ConditionedLogits> learned) {
    this.learned = learned.orElse(null);
  }

  /**
   * Adds a step.
   *
   * @param state where it led
   * @param choice what was chosen
   * @param running [B, 1] one where the trajectory took the step, else zero; null if all did
   * @return the state's features if they had to be asked for, else null
   */
  @Nullable Value add(
      GraphBuilder graph, LoweredState state, ActionChoice choice, @Nullable Value running) {
    OptionalInt count = state.backwardActionCount();
    if (isConstant(count)) {
      sum.addConstant(-Math.log(count.getAsInt()));
      return null;
    }
    ValidActions valid = state.backwardActions(graph);
    if (learned == null) {
      sum.addUniform(number(graph, valid), running);
      return null;
    }
    Value features = state.features(graph);
    sum.add(chosen(graph, learned, features, state, valid, choice));
    return features;
  }

  private static Value chosen(
      GraphBuilder graph,
      ConditionedLogits learned,
      Value features,
      LoweredState state,
      ValidActions valid,
      ActionChoice choice) {
    Value logits = learned.ofStates(graph, features, valid.range());
    Softmax softmax = Softmax.of(graph, logits, valid.mask());
    Value twins = valid.range().select(graph, state.backwardTwins(graph, choice));
    return graph.apply(Operator.MUL, twins, softmax.logProbabilities());
  }

  /**
   * Returns whether a step adds the same in all rows.
   *
   * @param count of valid backward actions, if it is the same in all rows
   */
  boolean isConstant(OptionalInt count) {
    return count.isPresent() && (learned == null || count.getAsInt() == 1);
  }

  /**
   * Returns what a step inside a loop says, for {@link #addSteps}, where that depends on the row.
   *
   * @param state where it led
   * @param choice what was chosen
   * @param running [B, 1] one where the trajectory took the step, else zero; null if all did
   * @return [B, 1] log P_B if it is learned, else its negative
   */
  Value inLoop(
      GraphBuilder graph, LoweredState state, ActionChoice choice, @Nullable Value running) {
    ValidActions valid = state.backwardActions(graph);
    if (learned != null) {
      return Columns.sum(
          graph, chosen(graph, learned, state.features(graph), state, valid, choice));
    }
    Value logarithm = graph.apply(Operator.LOG, number(graph, valid));
    return running == null ? logarithm : graph.apply(Operator.MUL, logarithm, running);
  }

  /**
   * Adds the steps of a loop.
   *
   * @param steps [B, n] what {@link #inLoop} said in each
   */
  void addSteps(GraphBuilder graph, Value steps) {
    sum.add(
        learned != null
            ? steps
            : graph.apply(Operator.MUL, steps, graph.constant("minus", Shape.of(), -1)));
  }

  /**
   * Adds steps of the same log-probability in all trajectories.
   *
   * @param logProbability natural logarithm
   */
  void addConstant(double logProbability) {
    sum.addConstant(logProbability);
  }

  /**
   * Returns the sum.
   *
   * @param batch [1], the shape that one number a row has
   * @return [B]
   */
  Value finish(GraphBuilder graph, Value batch) {
    return sum.finish(graph, "logPb", batch);
  }

  private static Value number(GraphBuilder graph, ValidActions valid) {
    Value mask = valid.mask();
    if (mask == null) {
      throw new IllegalArgumentException("backward actions whose number varies, without a mask");
    }
    return Columns.sum(graph, Columns.toFloat(graph, mask));
  }
}
