package io.logitflow.sampler.bundle;

import io.logitflow.sampler.onnx.Shape;
import io.logitflow.v1.TensorSignature;
import java.util.List;
import java.util.stream.Collectors;

/** How tensor signatures are written in messages, such as {@code beta FLOAT32 [B]}. */
public final class Signatures {
  private Signatures() {}

  /** Returns the text of a list of signatures, by name. */
  public static String text(List<TensorSignature> signatures) {
    return signatures.isEmpty()
        ? "none"
        : signatures.stream().map(Signatures::text).collect(Collectors.joining(", "));
  }

  private static String text(TensorSignature signature) {
    return signature.getName()
        + " "
        + signature.getElementType()
        + signature.getShapeList().stream()
            .map(size -> size == Shape.BATCH ? "B" : size == Shape.BETAS ? "G" : size.toString())
            .collect(Collectors.joining(", ", " [", "]"));
  }
}
