package io.logitflow.exporter.parity;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import com.google.protobuf.ByteString;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.exporter.graph.OnnxGraph;
import io.logitflow.exporter.graph.Signature;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.trainer.environment.Environment;
import io.logitflow.trainer.environment.StateBatch;
import io.logitflow.v1.TensorSignature;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph of floats alone, loaded into ONNX Runtime. Not thread-safe. */
final class GraphSession implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String file;
  private final List<TensorSignature> inputs;
  private final List<TensorSignature> outputs;

  private GraphSession(
      OrtEnvironment environment,
      OrtSession session,
      String file,
      List<TensorSignature> inputs,
      List<TensorSignature> outputs) {
    this.environment = environment;
    this.session = session;
    this.file = file;
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
  }

  /**
   * Loads a graph that was built here.
   *
   * @param name what messages call it
   * @param graph of floats, their first axis the batch
   * @throws InvalidInputException if ONNX Runtime does not load it
   */
  static GraphSession open(String name, OnnxGraph graph) {
    ByteString file = graph.file();
    ByteBuffer model = ByteBuffer.allocateDirect(file.size());
    file.copyTo(model);
    return open(
        Path.of(name), model.flip(), signatures(graph.inputs()), signatures(graph.outputs()));
  }

  private static List<TensorSignature> signatures(List<Signature> signatures) {
    return signatures.stream()
        .map(
            signature ->
                BundleFormat.signature(
                    signature.name(),
                    TensorSignature.ElementType.FLOAT32,
                    signature.type().shape().sizes().stream().mapToLong(Long::longValue).toArray()))
        .toList();
  }

  /**
   * Loads a graph of a bundle that was opened, so that its inputs and outputs are known.
   *
   * @param file name of the model, for messages
   * @param model an ONNX model, in native memory
   * @param inputs its inputs, of floats, their first axis the batch
   * @param outputs its outputs, likewise
   * @throws InvalidInputException if ONNX Runtime does not load it
   */
  static GraphSession open(
      Path file, ByteBuffer model, List<TensorSignature> inputs, List<TensorSignature> outputs) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      OrtSession session = environment.createSession(model, options);
      return new GraphSession(environment, session, file.toString(), inputs, outputs);
    } catch (OrtException e) {
      throw new InvalidInputException(
          file.toString(), reason(e), "an ONNX model that ONNX Runtime loads");
    }
  }

  /**
   * Runs the graph.
   *
   * @param output name of the output that is wanted
   * @param rows N, the size of the first axis
   * @param elements of each input from the position on, in native memory
   * @return the output's elements, row-major
   * @throws LogitFlowException if the run fails, or gives another number of elements than the
   *     output's shape says
   */
  float[] run(String output, int rows, FloatBuffer... elements) {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    try {
      for (int i = 0; i < elements.length; i++) {
        TensorSignature input = inputs.get(i);
        long[] shape = input.getShapeList().stream().mapToLong(Long::longValue).toArray();
        shape[0] = rows;
        tensors.put(input.getName(), OnnxTensor.createTensor(environment, elements[i], shape));
      }
      try (OrtSession.Result result = session.run(tensors, Set.of(output))) {
        FloatBuffer computed = ((OnnxTensor) result.get(0)).getFloatBuffer();
        float[] values = new float[computed.remaining()];
        computed.get(values);
        requireSize(output, rows, values.length);
        return values;
      }
    } catch (OrtException e) {
      throw new LogitFlowException(Category.FAILED, file + ": a run failed: " + reason(e), e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  /**
   * Runs a graph of the features of states, and of β if it reads that.
   *
   * @param output name of the output that is wanted
   * @param environment what the states are of
   * @param states N states
   * @param betas [N] inverse temperatures
   * @return the output's elements, row-major
   * @throws LogitFlowException if the run fails, or gives another number of elements than the
   *     output's shape says
   */
  float[] runOnStates(String output, Environment environment, StateBatch states, float[] betas) {
    int rows = states.rows();
    FloatBuffer features = floats(Math.multiplyExact(rows, environment.featureCount()));
    environment.writeFeatures(states, features);
    features.rewind();
    return inputs.size() > 1
        ? run(output, rows, features, floats(betas))
        : run(output, rows, features);
  }

  /** Returns values in native memory. */
  static FloatBuffer floats(float[] values) {
    return floats(values.length).put(values).rewind();
  }

  private static FloatBuffer floats(int size) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(size, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private void requireSize(String output, int rows, int found) {
    long expected =
        outputs.stream()
            .filter(signature -> signature.getName().equals(output))
            .flatMap(signature -> signature.getShapeList().stream().skip(1))
            .reduce((long) rows, Math::multiplyExact);
    if (found != expected) {
      throw new LogitFlowException(
          Category.FAILED,
          file
              + ": a run of "
              + rows
              + " rows gave "
              + found
              + " values of "
              + output
              + ", expected "
              + expected);
    }
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
