package io.logitflow.exporter.parity;

import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.lowering.PolicyLowering;
import io.logitflow.exporter.lowering.QuantisedRange;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.trainer.policy.StatePolicy;
import io.logitflow.trainer.trajectory.TrajectoryBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The ranges that the inputs of a policy's reduced products take, over the states of trajectories
 * that the policy itself draws from a fixed seed.
 */
final class HiddenRanges {
  /** Trajectories drawn, the inverse temperatures in turn. */
  private static final int ROWS = 2_048;

  private static final long SEED = 0xCA11B7A7EL;

  private HiddenRanges() {}

  /**
   * Draws trajectories and measures.
   *
   * @param trained the policy
   * @param lowering of the same networks
   * @param environment what they act in
   * @param firstStep the first step that is reduced
   * @param betas inverse temperatures, each taken by every so many trajectories
   * @return one range for each product
   */
  static List<QuantisedRange> of(
      StatePolicy trained,
      PolicyLowering lowering,
      Environment environment,
      int firstStep,
      float... betas) {
    OnnxGraph graph = lowering.hiddenInputs();
    int products = graph.outputs().size();
    float[] lowest = new float[products];
    float[] highest = new float[products];
    int tile = ParityCheck.tile(environment);
    try (GraphSession session = GraphSession.open("the hidden layers", graph)) {
      for (int firstRow = 0; firstRow < ROWS; firstRow += tile) {
        float[] tileBetas = new float[tile];
        for (int row = 0; row < tile; row++) {
          tileBetas[row] = betas[(firstRow + row) % betas.length];
        }
        TrajectoryBatch drawn =
            SeededTrajectories.draw(environment, trained, tileBetas, SEED, firstRow).trajectories();
        for (int step = firstStep; step < environment.maximumSteps(); step++) {
          int slot = step * tile;
          int[] under =
              IntStream.range(0, tile).filter(row -> drawn.actions()[slot + row] >= 0).toArray();
          if (under.length > 0) {
            StateBatch states = drawn.statesAt(step).select(under);
            float[] ofRows = ReducedPolicy.select(tileBetas, under);
            for (int product = 0; product < products; product++) {
              String output = graph.outputs().get(product).name();
              for (float input : session.runOnStates(output, environment, states, ofRows)) {
                lowest[product] = Math.min(lowest[product], input);
                highest[product] = Math.max(highest[product], input);
              }
            }
          }
        }
      }
    }
    List<QuantisedRange> ranges = new ArrayList<>();
    for (int product = 0; product < products; product++) {
      ranges.add(QuantisedRange.of(lowest[product], highest[product]));
    }
    return ranges;
  }
}
