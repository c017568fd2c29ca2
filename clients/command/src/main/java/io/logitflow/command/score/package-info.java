/**
 * The command {@code score}: asks a running server for the log-probabilities of objects in a CSV
 * file. Depends on the Java client and the shared contract.
 */
@NullMarked
package io.logitflow.command.score;

import org.jspecify.annotations.NullMarked;
