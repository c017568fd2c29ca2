/**
 * The process behind {@code ./logitflow} for every command that is not a stage of its own: reads
 * the command line and maps failures to exit codes. May use the packages of the commands below it.
 */
@NullMarked
package io.logitflow.command;

import org.jspecify.annotations.NullMarked;
