package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Operator;
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
    if (count.isPresent() && (learned == null || count.getAsInt() == 1)) {
      sum.addConstant(-Math.log(count.getAsInt()));
      return null;
    }
    ValidActions valid = state.backwardActions(graph);
    if (learned == null) {
      sum.addUniform(number(graph, valid), running);
      return null;
    }
    Value features = state.features(graph);
    Value logits = learned.ofStates(graph, features, valid.range());
    Softmax softmax = Softmax.of(graph, logits, valid.mask());
    Value twins = valid.range().select(graph, state.backwardTwins(graph, choice));
    sum.add(graph.apply(Operator.MUL, twins, softmax.logProbabilities()));
    return features;
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
