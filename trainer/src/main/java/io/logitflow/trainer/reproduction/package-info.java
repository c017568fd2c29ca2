/**
 * Published experiments, run anew: what is trained, how the figures of several seeds are brought
 * together, and the pages that show them. Reads what runs have left; only {@code command} uses it.
 */
@NullMarked
package io.logitflow.trainer.reproduction;

import org.jspecify.annotations.NullMarked;
