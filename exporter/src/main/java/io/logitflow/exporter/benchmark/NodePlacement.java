package io.logitflow.exporter.benchmark;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.sampler.session.ExecutionProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where ONNX Runtime runs the nodes that its optimiser leaves of a graph, as its profile of one run
 * says.
 *
 * @param nodesByProvider how many nodes each of ONNX Runtime's providers ran, one in the body of a
 *     loop counted once
 */
record NodePlacement(Map<String, Integer> nodesByProvider) {
  private static final int ROWS = 4;
  private static final String NODE_EVENT = "_kernel_time";

  /** Copies the map. */
  NodePlacement {
    nodesByProvider = Map.copyOf(nodesByProvider);
  }

  /**
   * Runs a graph once, its inputs all zeros, and reads the profile.
   *
   * @param graph an ONNX model
   * @param provider where it is to run
   * @param directory for the profile
   * @throws LogitFlowException if it does not run there
   */
  static NodePlacement of(Path graph, ExecutionProvider provider, Path directory) {
    try (SessionOptions options = new SessionOptions()) {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.enableProfiling(directory.resolve("profile").toString());
      provider.configure(options);
      return read(profile(graph, options));
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, graph + " cannot be profiled: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns how many nodes ran on another provider than this one. */
  int elsewhere(String provider) {
    return nodesByProvider.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(provider))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private static Path profile(Path graph, SessionOptions options) throws OrtException {
    OrtEnvironment runtime = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try (OrtSession session = runtime.createSession(graph.toString(), options)) {
      for (NodeInfo input : session.getInputInfo().values()) {
        inputs.put(input.getName(), zeros(runtime, (TensorInfo) input.getInfo()));
      }
      session.run(inputs).close();
      return Path.of(session.endProfiling());
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor zeros(OrtEnvironment runtime, TensorInfo info) throws OrtException {
    long[] shape = Arrays.stream(info.getShape()).map(size -> size < 0 ? ROWS : size).toArray();
    int elements = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    ByteBuffer zeros = ByteBuffer.allocateDirect(elements * Float.BYTES);
    OnnxJavaType type = info.type;
    return OnnxTensor.createTensor(runtime, zeros, shape, type);
  }

  private static NodePlacement read(Path profile) throws IOException {
    Map<String, Integer> nodes = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    for (JsonNode event : new JsonMapper().readTree(Files.newBufferedReader(profile))) {
      String name = event.path("name").asText();
      // Two nodes may have one name, but not one place as well.
      if (name.endsWith(NODE_EVENT)
          && seen.add(name + event.path("args").path("node_index").asText())) {
        nodes.merge(event.path("args").path("provider").asText(), 1, Integer::sum);
      }
    }
    return new NodePlacement(nodes);
  }
}
