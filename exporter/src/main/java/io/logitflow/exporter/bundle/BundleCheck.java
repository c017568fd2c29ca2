package io.logitflow.exporter.bundle;

import io.logitflow.contract.LogitFlowException;
import java.nio.file.Path;

/** A check that a written bundle must pass before it appears under its name. */
@FunctionalInterface
public interface BundleCheck {
  /**
   * Checks a bundle.
   *
   * @param directory the bundle, complete but for the report on it
   * @return the report, JSON
   * @throws LogitFlowException if the bundle fails
   */
  String report(Path directory);
}
