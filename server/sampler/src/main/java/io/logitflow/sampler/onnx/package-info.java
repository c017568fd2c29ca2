/**
 * ONNX models as bundles hold them: the operators and the types that come out of them, and the
 * inspection that a file passes before ONNX Runtime sees it. Knows the ONNX format alone, no model
 * and no environment; no ONNX Runtime here. Package {@code schema} is generated.
 */
@NullMarked
package io.logitflow.sampler.onnx;

import org.jspecify.annotations.NullMarked;
