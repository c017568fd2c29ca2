/**
 * Building of ONNX graphs, checked while they are built by the very rules that the sampler reads
 * them with; deterministic bytes. May use the sampler's {@code onnx}; knows no model and no
 * environment.
 */
@NullMarked
package io.logitflow.exporter.graph;

import org.jspecify.annotations.NullMarked;
