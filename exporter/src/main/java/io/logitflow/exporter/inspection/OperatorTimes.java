package io.logitflow.exporter.inspection;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import io.logitflow.contract.StagedOutput;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.bundle.BundleFormat;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.sampling.CounterRandom;
import io.logitflow.sampler.session.RolloutBuffers;
import io.logitflow.v1.Graph.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the time of a rollout goes, as ONNX Runtime's own profile has it. Taking the profile costs
 * some microseconds a node, so small nodes look slower than they are.
 *
 * @param rows of a run
 * @param microseconds of a run by operator, as the runtime names them after its fusions; of a loop,
 *     what its body does not take
 * @param nodes that a run computes by operator, those in the body of a loop as often as it runs
 */
public record OperatorTimes(
    int rows, SortedMap<String, Double> microseconds, SortedMap<String, Integer> nodes) {
  /** Runs of which the mean is taken. */
  static final int RUNS = 100;

  private static final String KERNEL = "_kernel_time";
  private static final String LOOP = Operator.LOOP.onnxName();

  /** Copies the maps. */
  public OperatorTimes {
    microseconds = Collections.unmodifiableSortedMap(new TreeMap<>(microseconds));
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
  }

  /**
   * Measures a bundle's rollout at the middle of the trained range of β.
   *
   * @param bundle an opened bundle
   * @param rows of a run, a multiple of four
   * @throws LogitFlowException if the runtime fails
   */
  public static OperatorTimes of(Bundle bundle, int rows) {
    Path directory = null;
    try {
      directory = Files.createTempDirectory("logitflow-profile");
      return read(rows, profile(bundle, rows, directory));
    } catch (OrtException e) {
      throw new LogitFlowException(
          Category.FAILED, "the rollout cannot be profiled: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (directory != null) {
        StagedOutput.deleteTree(directory);
      }
    }
  }

  private static Path profile(Bundle bundle, int rows, Path directory) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.enableProfiling(directory.resolve("profile").toString());
      Map<String, OnnxTensor> inputs = inputs(environment, bundle, rows);
      try (OrtSession session = environment.createSession(bundle.model(Role.ROLLOUT), options)) {
        for (int run = 0; run < RUNS; run++) {
          session.run(inputs).close();
        }
        return Path.of(session.endProfiling());
      } finally {
        inputs.values().forEach(OnnxTensor::close);
      }
    }
  }

  private static Map<String, OnnxTensor> inputs(OrtEnvironment environment, Bundle bundle, int rows)
      throws OrtException {
    boolean indexed = BundleFormat.indexesBeta(bundle.manifest());
    float[] betas = new float[indexed ? RolloutBuffers.ROW_MULTIPLE : rows];
    float low = bundle.manifest().getTrainedBeta().getLow();
    Arrays.fill(betas, (low + bundle.manifest().getTrainedBeta().getHigh()) / 2);
    FloatBuffer uniforms = FloatBuffer.allocate(rows * bundle.steps());
    new CounterRandom().fill(0, 0, rows, uniforms, 0, bundle.steps());
    Map<String, OnnxTensor> inputs = new HashMap<>();
    inputs.put(
        BundleFormat.BETA,
        OnnxTensor.createTensor(environment, FloatBuffer.wrap(betas), new long[] {betas.length}));
    inputs.put(
        BundleFormat.UNIFORM,
        OnnxTensor.createTensor(environment, uniforms, new long[] {rows, bundle.steps()}));
    if (indexed) {
      inputs.put(
          BundleFormat.BETA_INDEX,
          OnnxTensor.createTensor(environment, IntBuffer.allocate(rows), new long[] {rows}));
    }
    return inputs;
  }

  private static OperatorTimes read(int rows, Path profile) throws IOException {
    SortedMap<String, Double> microseconds = new TreeMap<>();
    SortedMap<String, Integer> nodes = new TreeMap<>();
    double endOfLoop = 0;
    for (JsonNode event : inOrder(profile)) {
      String operator = event.path("args").path("op_name").asText();
      double start = event.path("ts").asDouble();
      double duration = event.path("dur").asDouble();
      microseconds.merge(operator, duration / RUNS, Double::sum);
      nodes.merge(operator, 1, Integer::sum);
      if (operator.equals(LOOP)) {
        endOfLoop = start + duration;
      } else if (start < endOfLoop) {
        microseconds.merge(LOOP, -duration / RUNS, Double::sum);
      }
    }
    nodes.replaceAll((operator, events) -> events / RUNS);
    return new OperatorTimes(rows, microseconds, nodes);
  }

  /** Returns what the profile has of nodes, a loop before what is inside. */
  private static List<JsonNode> inOrder(Path profile) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (JsonNode event : new JsonMapper().readTree(profile.toFile())) {
      if (event.path("name").asText().endsWith(KERNEL)) {
        events.add(event);
      }
    }
    events.sort(
        Comparator.<JsonNode>comparingLong(event -> event.path("ts").asLong())
            .thenComparing(event -> !event.path("args").path("op_name").asText().equals(LOOP)));
    return events;
  }
}
