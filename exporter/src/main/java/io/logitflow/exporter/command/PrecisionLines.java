package io.logitflow.exporter.command;

import io.logitflow.exporter.parity.PrecisionGate;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.ReducedPrecision;
import java.util.List;
import java.util.Locale;

/** A line for each inverse temperature on how far a reduced rollout is from the model's policy. */
final class PrecisionLines {
  private PrecisionLines() {}

  /** Returns the lines; none if nothing is reduced. */
  static List<String> of(Manifest manifest) {
    ReducedPrecision precision = manifest.getPrecision();
    int steps = manifest.getEnvironment().getMaximumSteps();
    return precision.getDivergenceList().stream()
        .map(
            divergence ->
                String.format(
                    Locale.ROOT,
                    "%s in %d of %d steps: at beta %s %s, bound %s",
                    precision.getKind(),
                    steps - precision.getFirstStep(),
                    steps,
                    divergence.getBeta(),
                    PrecisionGate.summary(divergence),
                    precision.getBound()))
        .toList();
  }
}
