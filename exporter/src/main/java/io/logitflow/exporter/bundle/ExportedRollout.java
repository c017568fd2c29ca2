package io.logitflow.exporter.bundle;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.lowering.EnvironmentLowering;
import io.logitflow.exporter.lowering.PolicyLowering;
import io.logitflow.exporter.lowering.RolloutForm;
import io.logitflow.exporter.lowering.RolloutLowering;
import io.logitflow.exporter.tabulation.Tabulation;
import io.logitflow.exporter.tabulation.TabulationPlan;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.policy.TrainedPolicy;
import java.util.Optional;

/**
 * The rollout of a model, and how it computes.
 *
 * @param policy that draws in it, with nothing reduced
 * @param form of the steps that no table answers
 * @param tables what it looks up, if anything
 * @param graph the rollout
 */
record ExportedRollout(
    PolicyLowering policy, RolloutForm form, Optional<Tabulation> tables, OnnxGraph graph) {
  /**
   * The most nodes that steps are unrolled into where a loop can take them instead. With as many
   * ONNX Runtime takes 0.4 to 5 s of CPU to load the graph, depending on the environment, and with
   * more more than in proportion; a loop of any length takes some 0.02 s. In tiles of 256 rows it
   * is as fast, but for strings that grow at both ends; in tiles of 4 up to a third slower
   * (docs/adr/0011).
   */
  private static final int MOST_UNROLLED = 4_096;

  /**
   * Lowers a model's rollout.
   *
   * @param policy the model's lowering
   * @param model the model
   * @param form one that fits it; empty for the fastest that starts in reasonable time
   * @param tableBudget bytes that tables may add
   * @throws InvalidInputException if trajectories are too long for the form
   */
  static ExportedRollout of(
      PolicyLowering policy, TrainedModel model, Optional<RolloutForm> form, long tableBudget) {
    EnvironmentLowering lowering = EnvironmentLowering.of(model.environment());
    if (form.filter(RolloutForm.LOOP::equals).isPresent()) {
      return looped(policy, lowering);
    }
    RolloutForm unrolled =
        form.orElseGet(() -> RolloutForm.of(model.network(), model.environment()));
    boolean mayLoop = form.isEmpty() && RolloutForm.LOOP.fits(model.network(), model.environment());
    // Tables of a few of many steps would take longer to compute than all else, to no avail.
    if (mayLoop
        && !mayTabulateHalf(model.environment(), tableBudget)
        && new RolloutLowering(policy, lowering, Optional.empty(), unrolled)
            .rollout(MOST_UNROLLED)
            .isEmpty()) {
      return looped(policy, lowering);
    }
    Optional<Tabulation> tables = tabulate(model, lowering, tableBudget);
    RolloutLowering rollout = new RolloutLowering(policy, lowering, tables, unrolled);
    Optional<OnnxGraph> graph =
        mayLoop ? rollout.rollout(MOST_UNROLLED) : Optional.of(rollout.rollout());
    return graph
        .map(found -> new ExportedRollout(policy, unrolled, tables, found))
        .orElseGet(() -> looped(policy, lowering));
  }

  /** Returns what is looked up, if anything. */
  Optional<TabulationPlan> plan() {
    return tables.map(Tabulation::plan);
  }

  /** Returns the first step, from 1 on, that no table answers. */
  int firstComputedStep() {
    return plan().map(TabulationPlan::steps).orElse(1);
  }

  /**
   * Returns the rollout that another lowering of the same policy draws in.
   *
   * @param drawing the policy, or the same one reduced
   */
  OnnxGraph drawnBy(PolicyLowering drawing) {
    return drawing == policy
        ? graph
        : new RolloutLowering(drawing, EnvironmentLowering.of(drawing.environment()), tables, form)
            .rollout();
  }

  /** Returns whether a table could hold a number for each state half a trajectory from the root. */
  private static boolean mayTabulateHalf(Environment environment, long tableBudget) {
    long states = environment.stateCount(environment.maximumSteps() / 2).orElse(Long.MAX_VALUE);
    return states <= tableBudget / Float.BYTES;
  }

  private static ExportedRollout looped(PolicyLowering policy, EnvironmentLowering lowering) {
    RolloutLowering rollout =
        new RolloutLowering(policy, lowering, Optional.empty(), RolloutForm.LOOP);
    return new ExportedRollout(policy, RolloutForm.LOOP, Optional.empty(), rollout.rollout());
  }

  private static Optional<Tabulation> tabulate(
      TrainedModel model, EnvironmentLowering lowering, long tableBudget) {
    try (TrainedPolicy policy =
        new TrainedPolicy(model.network(), model.environment(), model.parameters())) {
      return Tabulation.of(
          model.environment(), model.network(), policy, lowering::cells, tableBudget);
    }
  }
}
