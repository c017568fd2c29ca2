/**
 * Trajectories: how they are drawn forward from the root and backward from objects, and the batch
 * that holds them. May use {@code config}, {@code environment} and {@code policy}.
 */
@NullMarked
package io.logitflow.trainer.trajectory;

import org.jspecify.annotations.NullMarked;
