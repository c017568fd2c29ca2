package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import java.util.List;
import java.util.OptionalInt;

/**
 * The steps of an environment after the first as one step that a loop repeats: what goes from one
 * to the next has the same shape each time, and how many were taken is known at run time alone.
 */
public interface RepeatedSteps {
  /**
   * Brings states into the form in which they are carried, unless overridden as {@link #carry}
   * does.
   *
   * @param first after one step
   * @return what is carried, [B, ...] each
   */
  default List<Value> start(GraphBuilder graph, LoweredState first) {
    return carry(graph, first);
  }

  /**
   * Returns the states that a step starts from.
   *
   * @param iteration [1] t - 1, where t steps were taken
   * @param carried as {@link #start} gives it
   * @return the states; {@link #backwardActionCount} speaks for their own
   */
  LoweredState resume(GraphBuilder graph, Value iteration, List<Value> carried);

  /**
   * Returns what is carried on.
   *
   * @param next where the step led, made by a state of {@link #resume}
   * @return what is carried, each computed in the step
   */
  List<Value> carry(GraphBuilder graph, LoweredState next);

  /**
   * Returns what a step appended, where {@link LoweredState#appended} says that it does.
   *
   * @param next where the step led, made by a state of {@link #resume}
   * @return [B, n] the features behind those of the first step and of all others before
   */
  default Value appended(LoweredState next) {
    throw new UnsupportedOperationException("steps do not append features");
  }

  /**
   * Returns what is to be kept of a step until the end, unless overridden nothing.
   *
   * @param next where the step led, made by a state of {@link #resume}
   * @return [B, 1] each
   */
  default List<Value> keep(GraphBuilder graph, LoweredState next) {
    return List.of();
  }

  /**
   * Returns the objects.
   *
   * @param first the states after one step
   * @param carried out of the last step
   * @param kept [B, T - 1] of all steps after the first, as {@link #keep} gave it
   */
  DrawnObjects end(GraphBuilder graph, LoweredState first, List<Value> carried, List<Value> kept);

  /**
   * Returns the number of valid backward actions if it is the same in all rows.
   *
   * @param steps t, 2 to T, the steps taken
   */
  OptionalInt backwardActionCount(int steps);
}
