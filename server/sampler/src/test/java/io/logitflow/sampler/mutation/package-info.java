/** Bundles as a hostile hand may have made them, and the process that opens them all. */
@NullMarked
package io.logitflow.sampler.mutation;

import org.jspecify.annotations.NullMarked;
