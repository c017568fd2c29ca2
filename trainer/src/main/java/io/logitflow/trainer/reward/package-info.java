/**
 * Scores of finished objects, and the one place where scores become log rewards. May use {@code
 * config} and {@code environment}; the only package that calls ONNX Runtime and gRPC.
 */
@NullMarked
package io.logitflow.trainer.reward;

import org.jspecify.annotations.NullMarked;
