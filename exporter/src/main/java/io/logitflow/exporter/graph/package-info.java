/**
 * Building of ONNX graphs, checked while they are built: operators, values with element types and
 * shapes, deterministic bytes. Knows the ONNX format alone, no model and no environment.
 */
@NullMarked
package io.logitflow.exporter.graph;

import org.jspecify.annotations.NullMarked;
