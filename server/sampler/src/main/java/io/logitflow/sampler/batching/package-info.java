/**
 * Many requests in one run: admission, tiles, workers and the {@code Sampler} that embedders open.
 * May use every other package of the sampler.
 */
@NullMarked
package io.logitflow.sampler.batching;

import org.jspecify.annotations.NullMarked;
