/**
 * The {@code train} command: reads the configuration, runs the loop, keeps checkpoints, reports.
 * May use every package of the trainer; none uses it.
 */
@NullMarked
package io.logitflow.trainer.command;

import org.jspecify.annotations.NullMarked;
