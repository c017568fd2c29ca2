/**
 * The client of a LogitFlow sampler: a plain blocking library over {@code logitflow.v1}. Depends on
 * the protocol, the shared contract of faults and gRPC; never on a stage of the pipeline.
 */
@NullMarked
package io.logitflow.client;

import org.jspecify.annotations.NullMarked;
