package io.logitflow.exporter.bundle;

import io.logitflow.v1.Calibration;
import java.nio.file.Path;
import java.util.List;

/** A measurement of a written bundle against the target that its model was trained for. */
@FunctionalInterface
public interface BundleCalibration {
  /** Measures nothing. */
  BundleCalibration NONE = directory -> List.of();

  /**
   * Measures a bundle.
   *
   * @param directory the bundle, complete but for what is measured here
   * @return at rising inverse temperatures
   */
  List<Calibration> measure(Path directory);
}
