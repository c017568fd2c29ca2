/**
 * One run of the rollout graph, or of the decoding graph: the ONNX Runtime session and the buffers
 * it reads and writes. May use {@code bundle}; knows nothing of requests.
 */
@NullMarked
package io.logitflow.sampler.session;

import org.jspecify.annotations.NullMarked;
