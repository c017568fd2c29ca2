/**
 * The processes {@code export} and {@code verify}: their options, what they print, their exit
 * codes. May use every other package; the only one that prints.
 */
@NullMarked
package io.logitflow.exporter.command;

import org.jspecify.annotations.NullMarked;
