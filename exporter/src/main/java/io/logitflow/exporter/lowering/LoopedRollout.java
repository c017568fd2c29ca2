package io.logitflow.exporter.lowering;

import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.LoopBody;
import io.logitflow.exporter.graph.Value;
import io.logitflow.sampler.onnx.Attribute;
import io.logitflow.sampler.onnx.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The steps of a rollout after the first as one loop, whose body is one step: as many nodes however
 * many steps there are. A step's log-probabilities are kept in rows and added up at the end.
 *
 * @param steps of the environment
 * @param forward P_F at the β of each trajectory
 * @param count T - 1
 * @param grows whether the first layer is carried and grows by what a step adds
 */
record LoopedRollout(RepeatedSteps steps, ConditionedLogits forward, int count, boolean grows) {
  /**
   * Takes the steps.
   *
   * @param first the states after one step
   * @param uniform [B, T]
   * @param logForward to which the steps are added
   * @param backward to which the steps are added
   */
  DrawnObjects take(
      GraphBuilder graph,
      LoweredState first,
      Value uniform,
      LogProbabilitySum logForward,
      BackwardSum backward) {
    graph.section("loop");
    List<Value> initial = new ArrayList<>(steps.start(graph, first));
    int carriedStates = initial.size();
    if (grows) {
      initial.add(forward.firstLayer(graph, null, first, first.appended().orElseThrow()));
    }
    Value uniforms = transposed(graph, Columns.slice(graph, uniform, 1, count + 1));
    boolean addsBackward = addsBackward(backward);
    graph.section("step");
    LoopBody.Results results =
        graph.loop(
            count,
            initial,
            (iteration, carried) -> {
              LoweredState state =
                  steps.resume(graph, iteration, carried.subList(0, carriedStates));
              ValidActions valid = state.forwardActions(graph);
              Value running = state.running(graph).orElse(null);
              Value scaled =
                  grows
                      ? forward.ofFirstLayer(graph, carried.get(carriedStates), valid.range())
                      : forward.ofStates(graph, state.features(graph), valid.range());
              ActionChoice choice =
                  ActionChoice.choose(
                      graph,
                      Softmax.of(graph, scaled, valid.mask()),
                      uniformOf(graph, uniforms, iteration),
                      running);
              LoweredState next = state.step(graph, choice);
              List<Value> on = new ArrayList<>(steps.carry(graph, next));
              if (grows) {
                on.add(
                    forward.extendFirstLayer(
                        graph, carried.get(carriedStates), iteration, count, steps.appended(next)));
              }
              List<Value> kept = new ArrayList<>();
              kept.add(Columns.sum(graph, choice.logProbability()));
              if (addsBackward) {
                kept.add(backward.inLoop(graph, next, choice, running));
              }
              kept.addAll(steps.keep(graph, next));
              return new LoopBody.Results(on, kept);
            });
    graph.section("object");
    List<Value> kept = results.stacked().stream().map(stacked -> columns(graph, stacked)).toList();
    logForward.add(kept.get(0));
    if (addsBackward) {
      backward.addSteps(graph, kept.get(1));
    }
    return steps.end(
        graph,
        first,
        results.carried().subList(0, carriedStates),
        kept.subList(addsBackward ? 2 : 1, kept.size()));
  }

  /** Adds what is the same in all rows; returns whether anything is not. */
  private boolean addsBackward(BackwardSum backward) {
    List<OptionalInt> counts =
        IntStream.rangeClosed(2, count + 1).mapToObj(steps::backwardActionCount).toList();
    if (!counts.stream().allMatch(backward::isConstant)) {
      return true;
    }
    counts.forEach(number -> backward.addConstant(-Math.log(number.getAsInt())));
    return false;
  }

  private static Value uniformOf(GraphBuilder graph, Value uniforms, Value iteration) {
    return graph.apply(
        Operator.RESHAPE,
        graph.apply(Operator.GATHER, uniforms, iteration),
        graph.integers("asColumn", -1, 1));
  }

  /** Brings columns of all steps side by side: [T - 1, B, 1] to [B, T - 1]. */
  private Value columns(GraphBuilder graph, Value stacked) {
    return transposed(
        graph, graph.apply(Operator.RESHAPE, stacked, graph.integers("loop.rows", count, -1)));
  }

  private static Value transposed(GraphBuilder graph, Value matrix) {
    return graph.apply(
        Operator.TRANSPOSE, Map.of("perm", new Attribute.Wholes(List.of(1L, 0L))), matrix);
  }
}
