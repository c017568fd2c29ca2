package io.logitflow.exporter.command;

import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.v1.Manifest;
import io.logitflow.v1.Tabulation;
import java.util.Locale;

/** One line on how a rollout computes. */
final class RolloutSummary {
  private RolloutSummary() {}

  /** Returns the line. */
  static String of(Manifest manifest) {
    String form = "rollout " + manifest.getRollout().getForm();
    if (!manifest.getRollout().hasTabulation()) {
      return form + ", nothing tabulated" + reason(manifest);
    }
    Tabulation tables = manifest.getRollout().getTabulation();
    return String.format(
        Locale.ROOT,
        "%s, %d of %d steps from tables by %s: %,d states in %s",
        form,
        tables.getSteps(),
        manifest.getEnvironment().getMaximumSteps(),
        tables.getLayout(),
        tables.getStates(),
        size(tables.getBytes()));
  }

  private static String size(long bytes) {
    if (bytes < 1_000) {
      return bytes + " bytes";
    }
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  private static String reason(Manifest manifest) {
    if (manifest.getRollout().getForm().equals(BundleFormat.LOOP)) {
      return ": a loop reads no table";
    }
    return manifest.getConditioning().hasEncoding() ? ": beta enters the policy's layers" : "";
  }
}
