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
    return precision.getDivergenceList().stream()
        .map(
            divergence ->
                String.format(
                    Locale.ROOT,
                    "%s from step %d on: at beta %s %s, bound %s",
                    precision.getKind(),
                    precision.getFirstStep() + 1,
                    divergence.getBeta(),
                    PrecisionGate.summary(divergence),
                    precision.getBound()))
        .toList();
  }
}
