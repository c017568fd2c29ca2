/**
 * The log-probability of given objects: what is asked, and the runs of the score graph that answer
 * it. May use {@code bundle}, {@code session} and {@code sampling}; knows nothing of queues.
 */
@NullMarked
package io.logitflow.sampler.scoring;

import org.jspecify.annotations.NullMarked;
