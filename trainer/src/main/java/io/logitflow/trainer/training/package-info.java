/**
 * The online training loop and its parts: the optimiser, the learning-rate schedule, the
 * distribution of β, the replay buffer. May use {@code objective} and what stands before it; knows
 * nothing of files.
 */
@NullMarked
package io.logitflow.trainer.training;

import org.jspecify.annotations.NullMarked;
