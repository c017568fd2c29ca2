/**
 * How fast training is, measured: the parts of a step in CPU time, beside the time that its matrix
 * products alone would take. May use {@code training} and what stands before it.
 */
@NullMarked
package io.logitflow.trainer.benchmark;

import org.jspecify.annotations.NullMarked;
