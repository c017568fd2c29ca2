/**
 * Lowering of trained networks and environments into ONNX graphs. May use {@code graph}, and of the
 * trainer what describes networks and environments; knows no files.
 */
@NullMarked
package io.logitflow.exporter.lowering;

import org.jspecify.annotations.NullMarked;
