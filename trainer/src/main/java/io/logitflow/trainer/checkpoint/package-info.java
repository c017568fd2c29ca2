/**
 * Training states on disk: complete, checked, and whole or not there at all. May use {@code
 * training} and what stands before it.
 */
@NullMarked
package io.logitflow.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
