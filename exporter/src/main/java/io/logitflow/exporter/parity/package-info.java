/**
 * Whether a bundle computes what the trainer does, and draws from the distribution that it claims.
 * May use {@code bundle}; runs graphs through ONNX Runtime and the very code that serves them.
 */
@NullMarked
package io.logitflow.exporter.parity;

import org.jspecify.annotations.NullMarked;
