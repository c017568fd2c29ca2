package io.logitflow.sampler.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.logitflow.contract.Excerpt;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.v1.Graph.Role;

/** A graph of a bundle in ONNX Runtime, the very bytes that were inspected. */
final class LoadedGraph {
  private LoadedGraph() {}

  /**
   * Loads a graph.
   *
   * @param bundle an opened bundle
   * @param role which of its graphs
   * @param provider where to run
   * @return its session, to be closed
   * @throws InvalidInputException if the file has changed, is no graph that ONNX Runtime loads, or
   *     multiplies what the provider does not, or rounds
   */
  static OrtSession load(Bundle bundle, Role role, ExecutionProvider provider) {
    boolean bytes = bundle.manifest().getPrecision().getKind().equals(BundleFormat.INT8);
    if (bytes && !provider.multipliesBytes()) {
      throw new InvalidInputException(
          "provider",
          "cuda for a bundle of precision int8",
          "cpu, or a bundle of precision fp16 or fp32");
    }
    if (provider.roundsFactors() && BundleFormat.needsExactProducts(bundle.manifest())) {
      throw new InvalidInputException(
          "provider",
          "cuda with TF32 for a bundle whose products carry whole numbers that it would round",
          bundle.manifest().getRollout().hasTabulation() && !bundle.manifest().getExactProducts()
              ? "cuda without TF32, or a bundle without tables"
              : "cuda without TF32");
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (SessionOptions options = new SessionOptions()) {
      options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      provider.configure(options);
      return environment.createSession(bundle.model(role), options);
    } catch (OrtException e) {
      throw new InvalidInputException(
          bundle.path(role).toString(),
          reason(e),
          "an ONNX model that ONNX Runtime loads" + provider.requirement());
    }
  }

  /** Returns the first line of a failure's message, without what {@link #essence} leaves out. */
  static String reason(OrtException failure) {
    String message = String.valueOf(failure.getMessage());
    return Excerpt.of(essence(message.lines().findFirst().orElse("no reason given")));
  }

  /** Leaves out of a message where in ONNX Runtime's sources and on what host it was written. */
  private static String essence(String message) {
    return message
        .replaceFirst("^.*\\[ONNXRuntimeError\\] : \\d+ : \\w+ : ", "")
        .replaceFirst("^.*(?=CUDA failure|Invalid device ID|Available memory of)", "")
        .replaceFirst(" ; GPU=.*$|\\.$", "");
  }
}
