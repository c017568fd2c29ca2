/**
 * Measurements of how fast training is on the machine at hand. May use {@code training} and what
 * stands before it.
 */
@NullMarked
package io.logitflow.trainer.benchmark;

import org.jspecify.annotations.NullMarked;
