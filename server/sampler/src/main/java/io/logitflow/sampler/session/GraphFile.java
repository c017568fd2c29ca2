package io.logitflow.sampler.session;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.bundle.GraphSignatures;
import io.logitflow.sampler.bundle.Signatures;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.TensorSignature;
import io.logitflow.v1.TensorSignature.ElementType;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A graph of a bundle on its way from its file into ONNX Runtime. */
final class GraphFile {
  private GraphFile() {}

  /**
   * Loads a graph and checks that it is the one that the manifest declares.
   *
   * @param bundle an opened bundle
   * @param role of the graph, which the bundle has
   * @param provider where to run
   * @return the session, the caller's to close
   * @throws InvalidInputException if the file is no graph that ONNX Runtime loads, or one with
   *     other inputs or outputs
   */
  static OrtSession load(Bundle bundle, Role role, ExecutionProvider provider) {
    Path file = bundle.path(role);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (SessionOptions options = new SessionOptions()) {
      options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      provider.configure(options);
      OrtSession session = environment.createSession(file.toString(), options);
      try {
        List<TensorSignature> inputs = GraphSignatures.inputs(role, bundle.manifest());
        List<TensorSignature> outputs = GraphSignatures.outputs(role, bundle.manifest());
        check(file, "inputs", session.getInputInfo().values(), inputs);
        check(file, "outputs", session.getOutputInfo().values(), outputs);
        return session;
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new InvalidInputException(
          file.toString(), reason(e), "an ONNX model that ONNX Runtime loads");
    }
  }

  private static void check(
      Path file, String side, Collection<NodeInfo> found, List<TensorSignature> expected) {
    List<TensorSignature> actual = found.stream().map(GraphFile::signatureOf).toList();
    Set<TensorSignature> distinct = new HashSet<>(actual);
    if (actual.size() != expected.size() || !distinct.equals(Set.copyOf(expected))) {
      throw new InvalidInputException(
          file + " " + side, Signatures.text(actual), Signatures.text(expected));
    }
  }

  private static TensorSignature signatureOf(NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo tensor)) {
      return BundleFormat.signature(node.getName(), ElementType.ELEMENT_TYPE_UNSPECIFIED);
    }
    ElementType type =
        switch (tensor.onnxType) {
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> ElementType.FLOAT32;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> ElementType.INT32;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> ElementType.UINT8;
          case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> ElementType.INT16;
          default -> ElementType.ELEMENT_TYPE_UNSPECIFIED;
        };
    return BundleFormat.signature(node.getName(), type, tensor.getShape());
  }

  /** Returns the first line of what ONNX Runtime said. */
  static String reason(OrtException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
