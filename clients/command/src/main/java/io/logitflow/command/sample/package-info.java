/**
 * The command {@code sample}: draws candidates from a running server and writes them as CSV.
 * Depends on the Java client and the shared contract.
 */
@NullMarked
package io.logitflow.command.sample;

import org.jspecify.annotations.NullMarked;
