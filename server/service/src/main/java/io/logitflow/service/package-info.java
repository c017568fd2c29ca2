/**
 * The gRPC process around the sampler: the service, its command and its life. May use {@code
 * server/sampler} and gRPC; knows neither environments nor training.
 */
@NullMarked
package io.logitflow.service;

import org.jspecify.annotations.NullMarked;
