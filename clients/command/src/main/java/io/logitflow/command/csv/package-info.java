/** Reads CSV that commands are given. Depends on the shared contract. */
@NullMarked
package io.logitflow.command.csv;

import org.jspecify.annotations.NullMarked;
