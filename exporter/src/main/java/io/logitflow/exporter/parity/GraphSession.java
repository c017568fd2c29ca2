package io.logitflow.exporter.parity;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.v1.Graph;
import io.logitflow.v1.TensorSignature;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A graph of one input and one output of floats, loaded into ONNX Runtime. Not thread-safe. */
final class GraphSession implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Graph graph;

  private GraphSession(OrtEnvironment environment, OrtSession session, Graph graph) {
    this.environment = environment;
    this.session = session;
    this.graph = graph;
  }

  /**
   * Loads a graph of a bundle and checks that it is the one that the manifest declares.
   *
   * @param bundle an opened bundle
   * @param role the graph's role, not the rollout
   * @throws InvalidInputException if the file is no graph that ONNX Runtime loads, or another one
   */
  static GraphSession open(Bundle bundle, Graph.Role role) {
    Path file = bundle.path(role);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      OrtSession session = environment.createSession(file.toString(), options);
      try {
        Graph graph = bundle.graph(role);
        check(file + " inputs", session.getInputInfo().values(), graph.getInputsList());
        check(file + " outputs", session.getOutputInfo().values(), graph.getOutputsList());
        return new GraphSession(environment, session, graph);
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new InvalidInputException(
          file.toString(), reason(e), "an ONNX model that ONNX Runtime loads");
    }
  }

  /**
   * Runs the graph.
   *
   * @param input elements from the position on, in native memory
   * @param rows N, the size of the first axis
   * @return the output's elements, row-major
   */
  float[] run(FloatBuffer input, int rows) {
    TensorSignature declared = graph.getInputs(0);
    long[] shape = declared.getShapeList().stream().mapToLong(Long::longValue).toArray();
    shape[0] = rows;
    try (OnnxTensor tensor = OnnxTensor.createTensor(environment, input, shape);
        OrtSession.Result result = session.run(Map.of(declared.getName(), tensor))) {
      FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] elements = new float[output.remaining()];
      output.get(elements);
      return elements;
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, graph.getFile().getName() + ": a run failed: " + reason(e), e);
    }
  }

  private static void check(
      String subject, Collection<NodeInfo> found, List<TensorSignature> declared) {
    String actual = found.stream().map(GraphSession::text).toList().toString();
    String expected =
        declared.stream()
            .map(tensor -> tensor.getName() + " FLOAT " + tensor.getShapeList())
            .toList()
            .toString();
    if (!actual.equals(expected)) {
      throw new InvalidInputException(subject, actual, expected + ", as the manifest says");
    }
  }

  private static String text(NodeInfo node) {
    return node.getInfo() instanceof TensorInfo tensor
        ? node.getName() + " " + tensor.type + " " + Arrays.toString(tensor.getShape())
        : node.getName() + ", no tensor";
  }

  private static String reason(OrtException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new LogitFlowException(Category.FAILED, "a session cannot be closed: " + reason(e), e);
    }
  }
}
