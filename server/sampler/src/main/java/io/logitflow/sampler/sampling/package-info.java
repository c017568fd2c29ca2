/**
 * What is asked and what comes back: a request's rows, the uniforms of a row, candidates in
 * columns. May use {@code bundle} and {@code session}; knows nothing of queues and threads.
 */
@NullMarked
package io.logitflow.sampler.sampling;

import org.jspecify.annotations.NullMarked;
