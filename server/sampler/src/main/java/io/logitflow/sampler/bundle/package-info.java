/**
 * A bundle on disk: its manifest, read and checked against the files beside it, and how its tokens
 * are written as text. May use {@code onnx}; no ONNX Runtime here.
 */
@NullMarked
package io.logitflow.sampler.bundle;

import org.jspecify.annotations.NullMarked;
