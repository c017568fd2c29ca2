/**
 * The training loop and its parts: where trajectories come from (the policy, local search, replay,
 * a data set), the step on them (the optimiser, its schedule, averaged parameters), and what a run
 * has found so far. May use {@code objective} and what stands before it; knows nothing of files but
 * the data set.
 */
@NullMarked
package io.logitflow.trainer.training;

import org.jspecify.annotations.NullMarked;
