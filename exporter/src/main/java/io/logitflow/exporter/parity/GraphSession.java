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
import io.logitflow.v1.TensorSignature;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** A graph of one input and one output of floats, loaded into ONNX Runtime. Not thread-safe. */
final class GraphSession implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String file;
  private final TensorSignature input;
  private final TensorSignature output;

  private GraphSession(
      OrtEnvironment environment,
      OrtSession session,
      String file,
      TensorSignature input,
      TensorSignature output) {
    this.environment = environment;
    this.session = session;
    this.file = file;
    this.input = input;
    this.output = output;
  }

  /**
   * Loads a graph and checks that it has the input and the output that it is run with.
   *
   * @param file an ONNX model
   * @param input the one input, of floats, its first axis the batch
   * @param output the one output, likewise
   * @throws InvalidInputException if the file is no graph that ONNX Runtime loads, or another one
   */
  static GraphSession open(Path file, TensorSignature input, TensorSignature output) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      OrtSession session = environment.createSession(file.toString(), options);
      try {
        check(file + " inputs", session.getInputInfo().values(), input);
        check(file + " outputs", session.getOutputInfo().values(), output);
        return new GraphSession(environment, session, file.toString(), input, output);
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
   * @param elements the input's from the position on, in native memory
   * @param rows N, the size of the first axis
   * @return the output's elements, row-major
   * @throws LogitFlowException if the run fails, or gives another number of elements than the
   *     output's shape says
   */
  float[] run(FloatBuffer elements, int rows) {
    long[] shape = input.getShapeList().stream().mapToLong(Long::longValue).toArray();
    shape[0] = rows;
    try (OnnxTensor tensor = OnnxTensor.createTensor(environment, elements, shape);
        OrtSession.Result result = session.run(Map.of(input.getName(), tensor))) {
      FloatBuffer computed = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] values = new float[computed.remaining()];
      computed.get(values);
      long expected =
          output.getShapeList().stream().skip(1).reduce((long) rows, Math::multiplyExact);
      if (values.length != expected) {
        throw new LogitFlowException(
            Category.FAILED,
            file
                + ": a run of "
                + rows
                + " rows gave "
                + values.length
                + " values of "
                + output.getName()
                + ", expected "
                + expected);
      }
      return values;
    } catch (OrtException e) {
      throw new LogitFlowException(Category.FAILED, file + ": a run failed: " + reason(e), e);
    }
  }

  private static void check(String subject, Collection<NodeInfo> found, TensorSignature expected) {
    String actual = found.stream().map(GraphSession::text).collect(Collectors.joining(", "));
    String declared = expected.getName() + " FLOAT " + expected.getShapeList();
    if (!actual.equals(declared)) {
      throw new InvalidInputException(
          subject,
          actual.isEmpty() ? "none" : actual,
          declared + ", as its role, the environment and the heads ask for");
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
