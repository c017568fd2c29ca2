/**
 * Losses: one class each, from a batch of N trajectories to a loss for each, [N], that can be
 * differentiated. May use {@code trajectory} and what stands before it.
 */
@NullMarked
package io.logitflow.trainer.objective;

import org.jspecify.annotations.NullMarked;
