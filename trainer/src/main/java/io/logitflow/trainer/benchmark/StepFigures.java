package io.logitflow.trainer.benchmark;

import io.logitflow.trainer.training.StepPart;
import java.util.Map;

/**
 * What was measured of a step, the median of several blocks of rounds.
 *
 * @param step with what
 * @param parts CPU milliseconds of each part
 * @param total CPU milliseconds of a step
 * @param floor CPU milliseconds of its matrix products at the rate of large ones
 * @param roundsPerSecond rounds in a second of wall time
 * @param operationsPerMillisecond the rate that the floor was computed with
 * @param states states that actions were taken in, for a step
 * @param distinct the distinct ones among them
 * @param allocatedBytes allocated on the Java heap, for a step
 */
public record StepFigures(
    StepCase step,
    Map<StepPart, Double> parts,
    double total,
    double floor,
    double roundsPerSecond,
    double operationsPerMillisecond,
    double states,
    double distinct,
    double allocatedBytes) {
  /** Returns how many times the floor a step takes. */
  public double ratio() {
    return total / floor;
  }
}
