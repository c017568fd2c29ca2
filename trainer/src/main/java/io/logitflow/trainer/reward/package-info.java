/**
 * Scores of finished objects, and the one place where scores become log rewards. May use {@code
 * config} and {@code environment}; the only package that may ever call ONNX Runtime or gRPC.
 */
@NullMarked
package io.logitflow.trainer.reward;

import org.jspecify.annotations.NullMarked;
