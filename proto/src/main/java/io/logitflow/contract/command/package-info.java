/**
 * How every process of LogitFlow treats its command line: the wording of faults, exit codes.
 * Depends on picocli, which only processes bring along, and on {@code contract}.
 */
@NullMarked
package io.logitflow.contract.command;

import org.jspecify.annotations.NullMarked;
